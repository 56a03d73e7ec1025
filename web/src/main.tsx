import { createRoot } from "react-dom/client";
import { createApi } from "./api/client.ts";
import { Announcer } from "./app/announcer.ts";
import { App } from "./app/App.tsx";
import { Value } from "./sync/observable.ts";
import { Router } from "./app/router.ts";
import "./styles/main.scss";

const place = document.getElementById("app");
if (place !== null) {
  const others = new Value(false);
  const api = createApi(undefined, () => others.set(true));
  createRoot(place).render(
    <App api={api} others={others} router={new Router()} announcer={new Announcer()} />,
  );
}
