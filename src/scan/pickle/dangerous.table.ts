/** Modules of which nothing belongs into a model, and what an attacker gets of them. */
export interface Dangerous {
  /** Whole modules, with everything below them. */
  readonly modules: readonly string[];
  /** Goes on "…, which ". */
  readonly does: string;
  /** Of MITRE ATLAS. */
  readonly techniques: readonly string[];
  readonly advisories?: readonly string[];
}

const RUN = ["AML.T0011.000", "AML.T0010.003"];
const REACH = ["AML.T0011.000", "AML.T0010.003", "AML.T0025"];

const row = (
  modules: string,
  does: string,
  techniques: readonly string[],
  ...advisories: string[]
): Dangerous => ({
  modules: modules.split(" "),
  does,
  techniques,
  advisories,
});

/**
 * What is known to harm, so that a finding can say how; whatever is not on the allow-list is found without standing here. The
 * most particular module wins. Source: the advisories named in each row, and models.md 1.1 to 1.3.
 */
export const DANGEROUS: readonly Dangerous[] = [
  row("os posix nt subprocess commands popen2 pty _posixsubprocess _winapi os2", "runs programs", RUN),
  row("asyncio", "runs programs and opens connections", RUN, "CVE-2025-10157"),
  row("pip", "installs packages from anywhere", RUN, "CVE-2025-1716"),
  row("ensurepip venv setuptools pkg_resources", "installs packages and runs programs", RUN),
  row(
    "uuid imaplib _osx_support _aix_support _pyrepl test",
    "runs programs through a helper of its own",
    RUN,
    "CVE-2026-56315",
    "GHSA-g38g-8gr9-h9xp",
  ),
  row("builtins __builtin__", "runs or reaches anything in Python", RUN),
  row(
    "runpy code codeop timeit trace profile cProfile bdb pdb doctest pydoc hotshot",
    "runs Python code",
    RUN,
  ),
  row(
    "idlelib lib2to3 distutils compileall py_compile webbrowser antigravity",
    "runs Python code or programs",
    RUN,
  ),
  row("importlib imp pkgutil zipimport modulefinder ihooks", "imports any module", RUN),
  row("types new marshal _interpreters _xxsubinterpreters _testcapi", "makes functions out of bytes", RUN),
  row(
    "pickle _pickle cPickle shelve dill cloudpickle jsonpickle copyreg copy_reg",
    "unpickles or makes anything",
    RUN,
  ),
  row("functools _functools operator _operator itertools", "calls and chains other functions", RUN),
  row("ctypes _ctypes cffi _cffi_backend mmap dl", "runs machine code", RUN),
  row("sys gc inspect traceback atexit signal faulthandler site", "reaches into the running program", RUN),
  row(
    "threading _thread thread multiprocessing concurrent sched",
    "runs functions beside the loading program",
    RUN,
  ),
  row("socket _socket ssl _ssl socketserver SocketServer select selectors", "opens connections", REACH),
  row(
    "urllib urllib2 http httplib requests aiohttp httpx urllib3 ftplib smtplib poplib nntplib telnetlib xmlrpc",
    "sends and fetches over the network",
    REACH,
  ),
  row(
    "io _io _pyio shutil tempfile fileinput linecache glob sqlite3 _sqlite3 dbm zipfile tarfile",
    "reads and writes files",
    REACH,
  ),
  row("logging", "writes files", RUN, "CVE-2026-56304"),
  row("torch.hub torch.package torch._package", "fetches and runs code", RUN),
  row(
    "torch.serialization torch.jit torch.load joblib.numpy_pickle.load",
    "loads another model, or code",
    RUN,
  ),
  row(
    "torch.utils torch._dynamo torch._inductor torch.fx torch.testing torch.distributed torch.multiprocessing",
    "runs programs or code through a developer's tool",
    RUN,
  ),
  row("numpy.f2py numpy.testing numpy.distutils numpy.ctypeslib", "compiles or runs code", RUN),
  row("nltk.downloader mlflow.projects transformers.dynamic_module_utils", "fetches and runs code", RUN),
];
