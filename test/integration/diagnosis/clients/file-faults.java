// Loads key and trust stores that are wrong; what Java says about each on standard output.
import java.io.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.*;

class FileFaults {
  interface Attempt {
    void run() throws Exception;
  }

  public static void main(String[] args) {
    Path folder = Path.of(args[0]);
    attempt("p12-password", () -> load("PKCS12", folder.resolve("good.p12"), "wrong"));
    attempt("trust-store-empty", () -> new PKIXParameters(load("PKCS12", folder.resolve("trust.p12"), "right")));
    attempt("keystore-format", () -> load("PKCS12", folder.resolve("one.pem"), "right"));
    attempt("keystore-format", () -> load("JKS", folder.resolve("one.pem"), "right"));
    attempt("pem-garbage", () -> {
      try (var in = Files.newInputStream(folder.resolve("garbage.pem"))) {
        CertificateFactory.getInstance("X.509").generateCertificate(in);
      }
    });
    attempt("key-format", () -> {
      String text = Files.readString(folder.resolve("sec1.key")).replaceAll("-----[A-Z ]+-----|\\s", "");
      KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    });
  }

  static KeyStore load(String type, Path file, String password) throws Exception {
    KeyStore store = KeyStore.getInstance(type);
    try (var in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    return store;
  }

  static void attempt(String id, Attempt attempt) {
    try {
      attempt.run();
      System.out.println("## " + id + " accepted");
    } catch (Exception error) {
      System.out.println("## " + id + " refused");
      for (Throwable at = error; at != null; at = at.getCause()) {
        System.out.println((at == error ? "" : "Caused by: ") + at);
      }
    }
  }
}
