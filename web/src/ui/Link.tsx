import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from "react";
import { useApp } from "../app/context.tsx";

type Props = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & {
  to: string;
  children: ReactNode;
};

/** A link inside the service: an ordinary anchor, so that opening it in a new tab works. */
export function Link({ to, children, ...rest }: Props) {
  const { router } = useApp();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!plain || event.altKey || event.defaultPrevented) return;
    event.preventDefault();
    router.go(to);
  };
  return (
    <a className="nhsuk-link" {...rest} href={to} onClick={follow}>
      {children}
    </a>
  );
}
