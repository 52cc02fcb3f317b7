import java.util.*;
import java.util.stream.Collectors;

/** As much JSON as the protocol needs: objects are maps, arrays lists, numbers longs. */
final class Json {
  private final String text;
  private int at;

  Json(String text) { this.text = text; }

  static long number(Object value) { return value instanceof Long ? (Long) value : 0; }

  static long[] numbers(Object list) { return ((List<?>) list).stream().mapToLong(Json::number).toArray(); }

  /** The value that begins here. */
  Object value() {
    switch (next()) {
      case '{': return object();
      case '[': return list();
      case '"': return string();
      default: return word();
    }
  }

  private char next() {
    while (Character.isWhitespace(text.charAt(at))) at++;
    return text.charAt(at);
  }

  /** Whether there is one more element before `end`; steps over the comma, or the end. */
  private boolean more(char end) {
    if (next() == ',') at++;
    if (next() != end) return true;
    at++;
    return false;
  }

  private Map<String, Object> object() {
    Map<String, Object> map = new HashMap<>();
    at++;
    while (more('}')) {
      String key = string();
      next();
      at++; // the colon
      map.put(key, value());
    }
    return map;
  }

  private List<Object> list() {
    List<Object> all = new ArrayList<>();
    at++;
    while (more(']')) all.add(value());
    return all;
  }

  private String string() {
    StringBuilder s = new StringBuilder();
    next();
    for (at++; text.charAt(at) != '"'; at++) {
      if (text.charAt(at) != '\\') s.append(text.charAt(at));
      else if (text.charAt(++at) != 'u') s.append(escaped(text.charAt(at)));
      else s.append((char) Integer.parseInt(text.substring(at + 1, (at += 4) + 1), 16));
    }
    at++;
    return s.toString();
  }

  private static char escaped(char c) {
    int i = "bfnrt".indexOf(c);
    return i < 0 ? c : "\b\f\n\r\t".charAt(i);
  }

  private Object word() {
    int start = at;
    while (at < text.length() && ",]} \t\n".indexOf(text.charAt(at)) < 0) at++;
    String word = text.substring(start, at);
    if (word.equals("true") || word.equals("false")) return Boolean.valueOf(word);
    return word.equals("null") ? null : (Object) Long.valueOf(word);
  }

  /** A value as text. */
  static String text(Object value) {
    if (value instanceof long[]) return Arrays.toString((long[]) value);
    if (value instanceof List)
      return ((List<?>) value).stream().map(Json::text).collect(Collectors.joining(",", "[", "]"));
    if (value instanceof Map)
      return ((Map<?, ?>) value).entrySet().stream().map(e -> text(e.getKey()) + ":" + text(e.getValue()))
          .collect(Collectors.joining(",", "{", "}"));
    return value instanceof Number ? value.toString() : quoted(String.valueOf(value));
  }

  private static String quoted(String text) {
    StringBuilder s = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') s.append('\\').append(c);
      else if (c < ' ' || c > '~') s.append(String.format("\\u%04x", (int) c));
      else s.append(c);
    }
    return s.append('"').toString();
  }
}
