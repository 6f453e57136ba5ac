"""Reads trials as JSON from standard input, makes a call of each over mutual TLS, and prints the verdicts."""
import concurrent.futures
import json
import sys

import grpc

ECHO = grpc.method_handlers_generic_handler(
    "devca.Echo", {"Say": grpc.unary_unary_rpc_method_handler(lambda request, _context: request)}
)
POOL = concurrent.futures.ThreadPoolExecutor(4)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def call(trial):
    """Returns why the call failed, or None."""
    own, other = trial["certificate"], trial["counterpart"]
    served, shown = (other, own) if trial["purpose"] == "client" else (own, other)
    root = read(trial["root"])
    server = grpc.server(POOL)
    server.add_generic_rpc_handlers((ECHO,))
    pairs = [(read(served["key"]), read(served["fullchain"]))]
    port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(pairs, root, True))
    server.start()
    credentials = grpc.ssl_channel_credentials(root, read(shown["key"]), read(shown["fullchain"]))
    name = trial["name"]["value"] if "name" in trial else "localhost"
    # Subchannels are shared in a process, sessions too: the next trial must meet neither.
    options = [("grpc.ssl_target_name_override", name), ("grpc.use_local_subchannel_pool", 1)]
    try:
        with grpc.secure_channel(f"127.0.0.1:{port}", credentials, options) as channel:
            answer = channel.unary_unary("/devca.Echo/Say")(b"x", timeout=5)
            return None if answer == b"x" else "nothing came back"
    except grpc.RpcError as error:
        return f"{error.code().name} {error.debug_error_string()}"
    finally:
        server.stop(None)


for trial in json.load(sys.stdin):
    refusal = call(trial)
    verdict = {"id": trial["id"]}
    if refusal is not None:
        verdict["refusal"] = refusal
    print(json.dumps(verdict), flush=True)
