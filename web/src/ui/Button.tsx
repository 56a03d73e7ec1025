import type { ButtonHTMLAttributes } from "react";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  variant?: "primary" | "secondary" | "warning";
  small?: boolean;
};

export function Button({
  variant = "primary",
  small = false,
  type = "button",
  className,
  ...rest
}: Props) {
  const names = ["nhsuk-button"];
  if (variant !== "primary") names.push(`nhsuk-button--${variant}`);
  if (small) names.push("nhsuk-button--small");
  if (className !== undefined) names.push(className);
  return <button {...rest} type={type} className={names.join(" ")} />;
}
