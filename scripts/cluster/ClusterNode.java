import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/**
 * One OpenSearch node in this JVM: its settings are HOME/config/opensearch.yml. The plugins come from the class path:
 * -Dcluster.plugins=CLASS[|EXTENDED],... where EXTENDED names the plugin that it extends.
 */
public class ClusterNode extends Node {
  ClusterNode(Environment environment, Collection<PluginInfo> plugins) {
    super(environment, plugins, false);
  }

  public static void main(String[] arguments) throws Exception {
    Path home = Paths.get(arguments[0]).toAbsolutePath();
    List<PluginInfo> plugins = new ArrayList<>();
    for (String each : System.getProperty("cluster.plugins", "").split(",")) {
      if (each.isBlank()) continue;
      String[] parts = each.trim().split("\\|");
      String name = parts[0].substring(parts[0].lastIndexOf('.') + 1);
      List<String> extended = parts.length > 1 ? List.of(parts[1]) : List.of();
      plugins.add(new PluginInfo(name, "from the class path", "NA", Version.CURRENT, "21", parts[0], null, extended, false));
    }
    Settings settings = Settings.builder().put("path.home", home.toString()).build();
    Environment environment =
        InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "node");
    ClusterNode node = new ClusterNode(environment, plugins);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    node.start();
    Thread.currentThread().join();
  }
}
