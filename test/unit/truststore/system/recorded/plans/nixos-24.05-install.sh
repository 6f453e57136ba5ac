## system
# write into configuration.nix:
#
#   security.pki.certificates = [
#     ''
#       -----BEGIN CERTIFICATE-----
#       MIIDGzCCAsGgAwIBAgIQJ1TfnRz/04fOdaE1ZEM1gDAKBggqhkjOPQQDAjAiMSAw
#       HgYDVQQDDBdkZXZjYSByb290IGFkYUBlbmdpbmUgMTAeFw0yNjExMjQxMTExNTla
#       Fw0zMTExMjQxMTExNThaMCIxIDAeBgNVBAMMF2RldmNhIHJvb3QgYWRhQGVuZ2lu
#       ZSAxMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiz3lGHeOKrW2usA/xnA9dfyn
#       i32Hr2OFy47U4Q0EVeGFESGIq9HyFAOaOBmLaHh9xhbr+8yedAaES/NMqslwYqOC
#       AdcwggHTMBIGA1UdEwEB/wQIMAYBAf8CAQEwDgYDVR0PAQH/BAQDAgEGMIIBjAYD
#       VR0eAQH/BIIBgDCCAXygggF4MAuCCWxvY2FsaG9zdDAGggR0ZXN0MAqCCGludGVy
#       bmFsMAeCBWxvY2FsMAuCCWhvbWUuYXJwYTAJggdleGFtcGxlMA2CC2V4YW1wbGUu
#       Y29tMA2CC2V4YW1wbGUubmV0MA2CC2V4YW1wbGUub3JnMAmCB2ludmFsaWQwC4EJ
#       bG9jYWxob3N0MAyBCi5sb2NhbGhvc3QwBoEEdGVzdDAHgQUudGVzdDAKgQhpbnRl
#       cm5hbDALgQkuaW50ZXJuYWwwB4EFbG9jYWwwCIEGLmxvY2FsMAuBCWhvbWUuYXJw
#       YTAMgQouaG9tZS5hcnBhMAmBB2V4YW1wbGUwCoEILmV4YW1wbGUwDYELZXhhbXBs
#       ZS5jb20wDoEMLmV4YW1wbGUuY29tMA2BC2V4YW1wbGUubmV0MA6BDC5leGFtcGxl
#       Lm5ldDANgQtleGFtcGxlLm9yZzAOgQwuZXhhbXBsZS5vcmcwCYEHaW52YWxpZDAK
#       gQguaW52YWxpZDAdBgNVHQ4EFgQUK4Y1wEXortvjGfrCoJeSW3blW4wwCgYIKoZI
#       zj0EAwIDSAAwRQIgMb4Z8jJWfrxmTKsx4XbWQ6n4gFXpF1b8jET+uWGYsc4CIQDl
#       FzMbL88QV5k6iKbR3n+zlFm81UZlzT5fN0OdzAJNmA==
#       -----END CERTIFICATE-----
#     ''
#   ];
#
# or, with the root in a file beside it:
#
#   security.pki.certificateFiles = [ ./devca-320210090f4d54c4.pem ];
#
# and run: sudo nixos-rebuild switch
