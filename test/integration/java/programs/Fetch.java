import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Fetches a page with the roots that Java takes by itself. */
class Fetch {
  public static void main(String[] urls) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(urls[0])).build();
    System.out.println(HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body());
  }
}
