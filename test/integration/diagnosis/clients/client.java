// One line of tab-separated fields per case on standard input; what Java says about each on standard output.
import java.io.*;
import java.net.URI;
import java.net.URL;
import java.net.http.*;
import java.nio.file.*;
import java.security.*;
import java.security.cert.*;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.*;
import javax.net.ssl.*;

class Client {
  public static void main(String[] args) throws Exception {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line; (line = lines.readLine()) != null; ) {
      String[] f = line.split("\t", -1);
      SSLContext context;
      try {
        context = contextOf(f);
      } catch (Exception error) {
        print(f[0], error);
        continue;
      }
      String url = f[1] + "://" + f[2] + ":" + f[3] + "/";
      try {
        HttpsURLConnection.setDefaultSSLSocketFactory(context.getSocketFactory());
        var connection = new URL(url).openConnection();
        connection.setConnectTimeout(2000);
        connection.setReadTimeout(2000);
        connection.getInputStream().readAllBytes();
        System.out.println("## " + f[0] + " accepted");
      } catch (Exception error) {
        print(f[0], error);
      }
      if (f[1].equals("http")) continue;
      try {
        var client = HttpClient.newBuilder().sslContext(context).connectTimeout(Duration.ofSeconds(2)).build();
        var request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(2)).build();
        client.send(request, HttpResponse.BodyHandlers.ofString());
      } catch (Exception error) {
        print(f[0], error);
      }
    }
  }

  static void print(String id, Throwable error) {
    System.out.println("## " + id + " refused");
    for (var at = error; at != null; at = at.getCause()) {
      System.out.println((at == error ? "" : "Caused by: ") + at);
    }
  }

  static SSLContext contextOf(String[] f) throws Exception {
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    int number = 0;
    for (Certificate one : certificates(f[4])) trust.setCertificateEntry("root" + number++, one);
    var anchors = TrustManagerFactory.getInstance("PKIX");
    if (f[7].isEmpty()) {
      anchors.init(trust);
    } else {
      var parameters = new PKIXBuilderParameters(trust, new X509CertSelector());
      try (var in = new FileInputStream(f[7])) {
        var crls = CertificateFactory.getInstance("X.509").generateCRLs(in);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(crls)));
      }
      parameters.setRevocationEnabled(true);
      anchors.init(new CertPathTrustManagerParameters(parameters));
    }
    KeyManager[] keys = null;
    if (!f[5].isEmpty()) {
      KeyStore own = KeyStore.getInstance("PKCS12");
      own.load(null, null);
      own.setKeyEntry("own", key(f[6]), new char[0], certificates(f[5]).toArray(new Certificate[0]));
      var managers = KeyManagerFactory.getInstance("SunX509");
      managers.init(own, new char[0]);
      keys = managers.getKeyManagers();
    }
    var context = SSLContext.getInstance(f[9].isEmpty() ? "TLS" : "TLSv1.2");
    context.init(keys, anchors.getTrustManagers(), null);
    return context;
  }

  static Collection<? extends Certificate> certificates(String file) throws Exception {
    try (var in = new FileInputStream(file)) {
      return CertificateFactory.getInstance("X.509").generateCertificates(in);
    }
  }

  static PrivateKey key(String file) throws Exception {
    String text = Files.readString(Path.of(file)).replaceAll("-----[A-Z ]+-----|\\s", "");
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
  }
}
