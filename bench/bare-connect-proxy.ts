// The least that a forward proxy in Node can be: absolute-form requests and CONNECT, pooled connections, no duties. A yardstick.
import { Agent, createServer, request } from "node:http";
import { connect } from "node:net";

const [port = "0"] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: 128 });

const server = createServer((incoming, response) => {
  const { host, pathname, search } = new URL(incoming.url ?? "");
  const { "proxy-authorization": _, "proxy-connection": __, connection: ___, ...headers } = incoming.headers;
  const [name, to = "80"] = host.split(":");
  const onward = request(
    { agent, host: name, port: to, path: pathname + search, method: incoming.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    },
  );
  onward.on("error", () => response.destroy());
  incoming.pipe(onward);
});

server.on("connect", (incoming, socket) => {
  const [name, to] = (incoming.url ?? "").split(":");
  const onward = connect(Number(to), name, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
  onward.on("error", () => socket.destroy());
  socket.on("error", () => onward.destroy());
  socket.pipe(onward).pipe(socket);
});

server.listen(Number(port), "127.0.0.1");
