import com.google.gson.Gson;
import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.BinaryDocValuesField;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollectorManager;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.Version;

/**
 * Lucene as a peer of the lexical bench; its JSON lines are described in bench/lexical/protocol.ts. One thread, MMapDirectory,
 * EnglishAnalyzer, BM25 with our k1 and b, one merged segment, no query cache. Ids are doc values:
 * as a stored field, a search for a hundred hits took three times as long.
 *
 * <p>The collector stops counting hits at once (threshold k), which is when Lucene may skip the most.
 */
public final class LucenePeer {
  private static final Gson GSON = new Gson();
  private final Analyzer analyzer = new EnglishAnalyzer();
  private List<String> queries = List.of();
  private IndexSearcher searcher;

  public static void main(String[] arguments) throws Exception {
    LucenePeer peer = new LucenePeer();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    out.println(GSON.toJson(Map.of("ready", true, "version", "Lucene " + Version.LATEST + ", Java " + Runtime.version())));
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(GSON.toJson(peer.answer(GSON.fromJson(line, JsonObject.class))));
    }
  }

  private Map<String, Object> answer(JsonObject command) throws IOException {
    return switch (command.get("cmd").getAsString()) {
      case "index" -> index(pathOf(command, "documents"), pathOf(command, "folder"), bm25(command));
      case "open" -> open(pathOf(command, "folder"), pathOf(command, "queries"), bm25(command));
      case "run" -> run(command.get("k").getAsInt(), command.get("budget").getAsDouble(), command.get("ids").getAsBoolean());
      default -> throw new IllegalArgumentException("unknown command " + command);
    };
  }

  private static Path pathOf(JsonObject command, String name) {
    return Path.of(command.get(name).getAsString());
  }

  private static BM25Similarity bm25(JsonObject command) {
    return new BM25Similarity(command.get("k1").getAsFloat(), command.get("b").getAsFloat());
  }

  private Map<String, Object> index(Path documents, Path folder, BM25Similarity similarity) throws IOException {
    long started = System.nanoTime();
    IndexWriterConfig config = new IndexWriterConfig(analyzer).setSimilarity(similarity).setRAMBufferSizeMB(256);
    double seconds;
    try (MMapDirectory directory = new MMapDirectory(folder);
        IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader lines = Files.newBufferedReader(documents)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonObject row = GSON.fromJson(line, JsonObject.class);
        Document document = new Document();
        document.add(new BinaryDocValuesField("id", new BytesRef(row.get("id").getAsString())));
        document.add(new TextField("title", row.get("title").getAsString(), Field.Store.NO));
        writer.addDocument(document);
      }
      writer.commit();
      seconds = (System.nanoTime() - started) / 1e9;
      writer.forceMerge(1); // one segment answers fastest; its price is not held against the indexing
      writer.commit();
    }
    return Map.of("seconds", seconds);
  }

  private Map<String, Object> open(Path folder, Path queryFile, BM25Similarity similarity) throws IOException {
    queries = Files.readAllLines(queryFile).stream().map(line -> GSON.fromJson(line, String.class)).toList();
    searcher = new IndexSearcher(DirectoryReader.open(new MMapDirectory(folder)));
    searcher.setSimilarity(similarity);
    searcher.setQueryCache(null);
    return Map.of("documents", searcher.getIndexReader().numDocs());
  }

  private Map<String, Object> run(int k, double budget, boolean wantIds) throws IOException {
    List<Double> micros = new ArrayList<>();
    List<List<String>> ids = new ArrayList<>();
    long started = System.nanoTime();
    for (String query : queries) {
      long before = System.nanoTime();
      List<String> found = search(query, k);
      long after = System.nanoTime();
      micros.add((after - before) / 1e3);
      if (wantIds) ids.add(found);
      if ((after - started) / 1e9 > budget) break;
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("micros", micros);
    if (wantIds) answer.put("ids", ids);
    return answer;
  }

  private List<String> search(String text, int k) throws IOException {
    var found = searcher.search(queryOf(text), new TopScoreDocCollectorManager(k, k)).scoreDocs;
    ScoreDoc[] byDocument = found.clone();
    Arrays.sort(byDocument, (a, b) -> Integer.compare(a.doc, b.doc)); // doc values are read forwards only
    Map<Integer, String> ids = new HashMap<>();
    for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
      BinaryDocValues values = DocValues.getBinary(leaf.reader(), "id");
      for (ScoreDoc hit : byDocument) {
        int document = hit.doc - leaf.docBase;
        if (document < 0 || document >= leaf.reader().maxDoc()) continue;
        values.advanceExact(document);
        ids.put(hit.doc, values.binaryValue().utf8ToString());
      }
    }
    return Arrays.stream(found).map(hit -> ids.get(hit.doc)).toList();
  }

  /** The terms of the text, any of which may match; a repeated term counts as often as it stands there. */
  private Query queryOf(String text) throws IOException {
    BooleanQuery.Builder terms = new BooleanQuery.Builder();
    try (TokenStream tokens = analyzer.tokenStream("title", text)) {
      CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
      tokens.reset();
      while (tokens.incrementToken()) terms.add(new TermQuery(new Term("title", term.toString())), BooleanClause.Occur.SHOULD);
      tokens.end();
    }
    return terms.build();
  }
}
