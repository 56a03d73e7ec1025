// Mail servers on loopback that keep what they get.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";

import { until } from "../server_process.mjs";

/** Headers by name and the decoded text. */
function parsed(raw) {
  const [head, ...rest] = raw.split("\r\n\r\n");
  const headers = {};
  for (const line of head.replace(/\r\n[ \t]+/g, " ").split("\r\n")) {
    const name = line.slice(0, line.indexOf(":")).toLowerCase();
    (headers[name] ??= []).push(line.slice(name.length + 1).trim());
  }
  let text = rest.join("\r\n\r\n");
  if (headers["content-transfer-encoding"]?.[0] === "base64")
    text = Buffer.from(text.replace(/\s/g, ""), "base64").toString("utf8");
  return { headers, text: text.replaceAll("\r\n", "\n"), raw };
}

export class MailServer {
  mails = [];
  refuse = 0; // so many messages with "try again later"

  async start(options = {}) {
    this.server = new SMTPServer({
      disabledCommands: options.secure ? [] : ["STARTTLS", "AUTH"],
      logger: false,
      ...options,
      onData: (stream, session, done) => {
        const chunks = [];
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("end", () => {
          if (this.refuse > 0) {
            --this.refuse;
            return done(Object.assign(new Error("busy"), { responseCode: 451 }));
          }
          this.mails.push({
            ...parsed(Buffer.concat(chunks).toString("utf8")),
            to: session.envelope.rcptTo.map((each) => each.address),
            from: session.envelope.mailFrom.address,
            secure: session.secure,
            user: session.user,
          });
          done();
        });
      },
    });
    this.server.on("error", () => {}); // a peer that went away
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = this.server.server.address().port;
    return this;
  }

  /** The newest mail to an address, once there is one after the first `after`. */
  next(to, after = 0) {
    return until(
      `mail to ${to}`,
      () => this.mails.filter((mail) => mail.to.includes(to))[after],
      60_000,
    );
  }

  stop() {
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** A certificate for 127.0.0.1 that nobody trusts by itself. */
export function certificate(folder) {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = spawnSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-keyout",
      key,
      "-out",
      cert,
      "-days",
      "2",
    ].concat(["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]),
  );
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  return { key: readFileSync(key), cert: readFileSync(cert), file: cert };
}
