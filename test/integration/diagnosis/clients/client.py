"""One line of tab-separated fields per case on standard input; what Python says about each on standard output."""
import http.client, socket, ssl, sys, traceback

for line in sys.stdin:
    name, scheme, host, port, trust, cert, key, crl, alpn, old = line.rstrip("\n").split("\t")
    try:
        if scheme == "http":
            connection = http.client.HTTPConnection(host, int(port), timeout=2)
        else:
            context = ssl.create_default_context(cafile=trust)
            if cert:
                context.load_cert_chain(cert, key)
            if crl:
                context.load_verify_locations(crl)
                context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN
            if alpn:
                context.set_alpn_protocols([alpn])
            if old:
                context.maximum_version = ssl.TLSVersion.TLSv1_2
            connection = http.client.HTTPSConnection(host, int(port), timeout=2, context=context)
        connection.request("GET", "/")
        print("##", name, "accepted", connection.getresponse().status)
    except Exception as error:
        print("##", name, "refused")
        print("".join(traceback.format_exception_only(type(error), error)).rstrip())
    sys.stdout.flush()
