import type { Escapes } from "./cases.ts";

/** Ways by sockets, the network and the environment, and ways to use up the machine. */
export const AROUND: Escapes = {
  "docker-socket": {
    about: "a container daemon's socket",
    group: "sockets",
    program: `talk(socket.AF_UNIX, W["sockets"]["docker.sock"])`,
  },
  "dbus-socket": {
    about: "the session's D-Bus",
    group: "sockets",
    program: `talk(socket.AF_UNIX, W["sockets"]["bus"])`,
  },
  "ssh-agent": {
    about: "the person's SSH agent",
    group: "sockets",
    program: `talk(socket.AF_UNIX, os.environ["SSH_AUTH_SOCK"])`,
  },
  "x11-socket": { about: "X11", group: "sockets", program: `talk(socket.AF_UNIX, W["sockets"]["X7"])` },
  "wayland-socket": {
    about: "Wayland",
    group: "sockets",
    program: `talk(socket.AF_UNIX, W["sockets"]["wayland-0"])`,
  },
  "abstract-socket": {
    about: "an abstract unix socket of the host",
    group: "sockets",
    program: `talk(socket.AF_UNIX, "\\0" + W["abstract"])`,
  },

  "tcp-loopback": {
    about: "a service on the host's loopback",
    group: "network",
    program: `talk(socket.AF_INET, ("127.0.0.1", W["ports"]["tcp"]))`,
  },
  "tcp-loopback6": {
    about: "the same by IPv6",
    group: "network",
    program: `talk(socket.AF_INET6, ("::1", W["ports"]["loopback6"]))`,
  },
  "tcp-host": {
    about: "a service on the host's address",
    group: "network",
    program: `talk(socket.AF_INET, (W["address"], W["ports"]["tcpAny"]))`,
  },
  "tcp-host6": {
    about: "the same by IPv6",
    group: "network",
    program: `talk(socket.AF_INET6, (W["address6"], W["ports"]["any6"]))`,
  },
  dns: {
    about: "a question to a name server",
    group: "network",
    program: `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2)
s.sendto(b"\\x12\\x34\\x01\\0\\0\\x01\\0\\0\\0\\0\\0\\0\\x06secret\\x07example\\0\\0\\x01\\0\\x01", (W["address"], W["ports"]["dns"]))
secret(s.recv(512))`,
  },
  icmp: {
    about: "an echo request to the host's address",
    group: "network",
    program: `
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP) if os.geteuid() else socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
s.settimeout(2)
body = struct.pack("!BBHHH", 8, 0, 0, 1, 1); total = sum(struct.unpack("!4H", body)); body = struct.pack("!BBHHH", 8, 0, 0xffff - total, 1, 1)
s.sendto(body, (W["address"], 0)); s.recv(512); escaped()`,
  },
  "proxy-past": {
    about: "a request that does not use the proxy",
    group: "network",
    program: `
import urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
secret(opener.open("http://%s:%d/" % (W["address"], W["ports"]["any"]), timeout=2).read())`,
  },
  "proxy-private": {
    about: "a service of the host, by way of the proxy",
    group: "network",
    program: `
import urllib.request, urllib.parse
proxy = os.environ.get("HTTP_PROXY") or os.environ.get("http_proxy") or ""
opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": proxy} if proxy else {}))
secret(opener.open("http://127.0.0.1:%d/" % W["ports"]["loopback"], timeout=3).read())`,
  },
  "tls-address": {
    about: "TLS to an address, with no name",
    group: "network",
    program: `
import ssl
c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE
s = c.wrap_socket(socket.create_connection((W["address"], W["ports"]["tls"]), timeout=2)); s.sendall(b"hello"); secret(s.recv(512))`,
  },
  "listen-host": {
    about: "a port that the host's network reaches",
    group: "network",
    program: `
s = socket.socket(); s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); s.bind((W["address"], 0)); s.listen(); escaped()`,
  },

  "environment-secret": {
    about: "a secret in the environment",
    group: "environment",
    program: `secret(os.environ.get("AWS_SECRET_ACCESS_KEY", ""))`,
  },
  "environment-parent": {
    about: "the same, in the environment of what started it",
    group: "environment",
    program: `
for pid in os.listdir("/proc"):
    if pid.isdigit():
        try: secret(open("/proc/" + pid + "/environ").read())
        except OSError: pass`,
  },
  "proxy-credential": {
    about: "a credential of a proxy's",
    group: "environment",
    program: `
import urllib.parse
for name, value in os.environ.items():
    if "proxy" in name.lower() and urllib.parse.urlparse(value).password: escaped(name)`,
  },
  "library-preload": {
    about: "a library that programs load first",
    group: "environment",
    program: `if os.environ.get("LD_LIBRARY_PATH") or os.environ.get("NODE_OPTIONS"): escaped()`,
  },

  "file-size": {
    about: "a file of 96 MiB, where 64 MiB are the limit",
    group: "resources",
    program: `
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with open("large", "wb") as f:
    for n in range(96): f.write(b"x" * 1048576)
escaped()`,
  },
  "disk-fill": {
    about: "96 MiB in the temporary folder, where 64 MiB are the limit",
    group: "resources",
    program: `
import tempfile
d = tempfile.mkdtemp()
try:
    for n in range(3):
        with open(d + "/%d" % n, "wb") as f: f.write(b"x" * (32 * 1048576)); f.flush(); os.fsync(f.fileno())
    escaped()
finally:
    subprocess.run(["rm", "-rf", d])`,
  },
  "shared-fill": {
    about: "96 MiB in /dev/shm, where 64 MiB are the limit",
    group: "resources",
    program: `
p = "/dev/shm/doorward-escape-%d" % os.getpid()
try:
    with open(p, "wb") as f:
        for n in range(96): f.write(b"x" * 1048576)
    os.unlink(p); escaped()
finally:
    try: os.unlink(p)
    except OSError: pass`,
  },
  memory: {
    about: "1.5 GiB of memory, where 1 GiB is the limit",
    group: "resources",
    program: `
held = [bytearray(os.urandom(1024) * 65536) for n in range(24)]
escaped()`,
  },
  descriptors: {
    about: "2,000 open files, where 1,024 are the limit",
    group: "resources",
    program: `
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (3000, max(3000, resource.getrlimit(resource.RLIMIT_NOFILE)[1])) if os.geteuid() == 0 else (min(3000, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)
held = [os.open("/dev/null", os.O_RDONLY) for n in range(2000)]
escaped()`,
  },
  "fork-bomb": {
    about: "400 processes, where 200 are the limit",
    group: "resources",
    program: `
made = []
try:
    for n in range(400):
        pid = os.fork()
        if pid == 0: time.sleep(20); os._exit(0)
        made.append(pid)
except OSError: pass
for pid in made: os.kill(pid, 9); os.waitpid(pid, 0)
if len(made) == 400: escaped()`,
  },
};
