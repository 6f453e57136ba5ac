import com.sun.net.httpserver.*;
import java.net.*;
import java.net.http.*;
import java.util.concurrent.Executors;
import javax.net.ssl.*;

/** A web server that demands client certificates, and a client, both with the stores that the command line names. */
class Https {
  public static void main(String[] hosts) throws Exception {
    SSLContext context = SSLContext.getDefault();
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context) {
      @Override
      public void configure(HttpsParameters parameters) {
        SSLParameters ssl = context.getDefaultSSLParameters();
        ssl.setNeedClientAuth(true);
        parameters.setSSLParameters(ssl);
      }
    });
    server.createContext("/", exchange -> {
      byte[] body = ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName().getBytes();
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    });
    server.setExecutor(Executors.newCachedThreadPool());
    server.start();
    for (String host : hosts) {
      try {
        var request = HttpRequest.newBuilder(URI.create("https://" + host + ":" + server.getAddress().getPort() + "/"));
        var answer = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        System.out.println(host + " " + answer.body());
      } catch (Exception error) {
        System.out.println(host + " refused: " + error.getMessage());
      }
    }
    System.exit(0);
  }
}
