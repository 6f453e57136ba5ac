"""Reads trials as JSON from standard input, holds a handshake of each at both ends, and prints the verdicts."""
import json
import socket
import ssl
import sys
import threading

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


def context(protocol, root, pair, version):
    made = ssl.SSLContext(protocol)
    made.verify_mode = ssl.CERT_REQUIRED
    made.verify_flags |= ssl.VERIFY_X509_STRICT
    made.minimum_version = made.maximum_version = version
    made.load_verify_locations(root)
    made.load_cert_chain(pair["fullchain"], pair["key"])
    return made


def serve(end, made, outcome):
    try:
        with made.wrap_socket(end, server_side=True) as tls:
            tls.sendall(tls.recv(1))
    except OSError as error:
        outcome.append(error)
    finally:
        end.close()


def handshake(trial, version):
    """Returns what the client and what the server had against the other."""
    by_server = trial["purpose"] == "client"
    own, other = trial["certificate"], trial["counterpart"]
    server, client = (other, own) if by_server else (own, other)
    near, far = socket.socketpair()
    near.settimeout(5)
    far.settimeout(5)
    refused = []
    thread = threading.Thread(
        target=serve, args=(far, context(ssl.PROTOCOL_TLS_SERVER, trial["root"], server, version), refused)
    )
    thread.start()
    against_server = None
    name = trial["name"]["value"] if "name" in trial else "localhost"
    try:
        made = context(ssl.PROTOCOL_TLS_CLIENT, trial["root"], client, version)
        with made.wrap_socket(near, server_hostname=name) as tls:
            tls.sendall(b"x")
            if tls.recv(1) != b"x":
                raise OSError("nothing came back")
    except OSError as error:
        against_server = error
    finally:
        near.close()
    thread.join()
    against_client = refused[0] if refused else None
    return (against_client or against_server) if by_server else (against_server or against_client)


for trial in json.load(sys.stdin):
    for version in VERSIONS:
        refusal = handshake(trial, version)
        verdict = {"id": trial["id"]}
        if refusal is not None:
            verdict["refusal"] = f"{version.name}: {refusal!r}"
        print(json.dumps(verdict))
