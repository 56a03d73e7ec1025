import { createRoot } from "react-dom/client";
import { createApi } from "./api/client.ts";
import { Announcer } from "./app/announcer.ts";
import { App } from "./app/App.tsx";
import { Router } from "./app/router.ts";
import "./styles/main.scss";

const place = document.getElementById("app");
if (place !== null) {
  createRoot(place).render(
    <App api={createApi()} router={new Router()} announcer={new Announcer()} />,
  );
}
