using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace AdmissionGuard.Tests.Kubernetes;

/// <summary>What a request does to the stored objects. Called while nobody else changes them.</summary>
internal sealed partial class FakeApi
{
    /// <summary>Where a path points; a name or namespace is null where it has none.</summary>
    private sealed record Place(string Root, string Collection, string? Namespace, string? Name, string? Subresource)
    {
        public static Place Of(string path)
        {
            var parts = path.Trim('/').Split('/');
            var begin = parts[0] == "api" ? 2 : 3;
            var root = string.Join('/', parts.Take(begin));
            var rest = parts.Skip(begin).ToArray();
            string? ns = null;
            if (rest is ["namespaces", var of, _, ..])
            {
                ns = of;
                rest = rest[2..];
            }
            return new Place(root, $"{root}/{rest.FirstOrDefault()}", ns, rest.ElementAtOrDefault(1), rest.ElementAtOrDefault(2));
        }

        /// <summary>The path of an object of this collection.</summary>
        public string Of(string? ns, string name) =>
            ns is null ? $"{Collection}/{name}" : $"{Root}/namespaces/{ns}{Collection[Root.Length..]}/{name}";
    }

    private (int Status, string Body) Do(HttpRequest request, JsonObject body)
    {
        var (method, path) = (request.Method, request.Path.Value!);
        var place = Place.Of(path);
        if (path.Trim('/') == place.Root)
            return Discover(place.Root);
        if (served?.Contains(place.Collection) == false)
            return Refused(404, "NotFound");
        if (failing.Contains(place.Collection))
            return (500, "");
        if (forbidden.Contains(place.Collection))
            return (403, "");
        if (method == "GET" && place.Name is null)
            return (200, List(place, request.Query["labelSelector"]));
        if (method == "GET")
            return Get(path) is { } found ? (200, found.ToJsonString(AsGo)) : Refused(404, "NotFound");
        if (Before(method, path) is { } refused)
            return (refused, StatusOf(refused, "Refused", Because.Message, Because.Cause));
        Assert.True(method == "DELETE" || request.Query["fieldManager"] == "admissionguard", $"{method} {path}{request.QueryString}");
        var (status, answer) = Write(request, place, body);
        if (status >= 400)
            return (status, answer);
        if (method == "POST")
            path += "/" + (string)body["metadata"]!["name"]!;
        Writes.Enqueue($"{method} {path}");
        return After(method, path) is { } lost ? Refused(lost, "Lost") : (status, answer);
    }

    private (int Status, string Body) Discover(string root)
    {
        var names = (served ?? []).Where(s => Place.Of(s).Root == root).Select(s => $"{{\"name\":\"{s[(root.Length + 1)..]}\"}}").ToList();
        return names.Count == 0 ? Refused(404, "NotFound") : (200, $"{{\"resources\":[{string.Join(',', names)}]}}");
    }

    private string List(Place place, string? labelSelector)
    {
        var label = labelSelector?.Split('=');
        var items = stored
            .Where(s =>
                Place.Of(s.Key) is var at && at.Collection == place.Collection && (place.Namespace is null || at.Namespace == place.Namespace)
            )
            .Where(s => label is null || (string?)s.Value["metadata"]!["labels"]?[label[0]] == label[1])
            .Select(s => s.Value.ToJsonString(AsGo));
        return $"{{\"kind\":\"AnyList\",\"metadata\":{{\"resourceVersion\":\"{version}\"}},\"items\":[{string.Join(',', items)}]}}";
    }

    private (int Status, string Body) Write(HttpRequest request, Place place, JsonObject body)
    {
        var path = request.Path.Value!.Trim('/');
        if (request.Method == "POST")
            path += "/" + (string)body["metadata"]!["name"]!;
        if (place.Subresource is not null)
            path = path[..^(place.Subresource.Length + 1)];
        var old = stored.GetValueOrDefault(path);
        if (request.Method == "POST" && old is not null)
            return Refused(409, "AlreadyExists");
        var isApply = request.ContentType?.StartsWith("application/apply-patch", StringComparison.Ordinal) == true;
        if (old is null && request.Method != "POST" && (!isApply || place.Subresource is not null))
            return Refused(404, "NotFound");
        var asked = (string?)(body["preconditions"]?["resourceVersion"] ?? body["metadata"]?["resourceVersion"]);
        if (asked is not null && asked != (string?)old?["metadata"]!["resourceVersion"])
            return Refused(409, "Conflict");
        if (request.Method == "DELETE")
        {
            Remove(path);
            return (200, """{"kind":"Status","status":"Success"}""");
        }
        if (isApply)
            Assert.Equal("true", request.Query["force"]);
        var after = Merged(old, body, isApply || request.Method == "PUT", place);
        Store(path, after);
        return (200, after.ToJsonString(AsGo));
    }

    private JsonObject Merged(JsonObject? old, JsonObject body, bool replaces, Place place)
    {
        if (place.Subresource is not null)
        {
            Assert.Equal("status", place.Subresource);
            statuses.Add((place.Name!, body["status"]!.DeepClone()));
            var told = old!.DeepClone().AsObject();
            told["status"] = body["status"]!.DeepClone();
            return told;
        }
        if (old is null || replaces)
            return Sorted(body).AsObject();
        Merge(old, body);
        return old;
    }

    /// <summary>RFC 7386.</summary>
    private static void Merge(JsonObject into, JsonObject patch)
    {
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                into.Remove(name);
            }
            else if (value is not JsonObject part)
            {
                into[name] = value.DeepClone();
            }
            else
            {
                if (into[name] is not JsonObject inner)
                    into[name] = inner = [];
                Merge(inner, part);
            }
        }
    }

    private static JsonNode Sorted(JsonNode node) =>
        node switch
        {
            JsonObject map => new JsonObject(
                map.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value is null ? null : Sorted(p.Value)))
            ),
            JsonArray list => new JsonArray([.. list.Select(i => Sorted(i!))]),
            _ => node.DeepClone(),
        };

    private static (int Status, string Body) Refused(int status, string reason) => (status, StatusOf(status, reason, reason, cause: ""));

    private static string StatusOf(int code, string reason, string message, string cause)
    {
        var details = cause.Length == 0 ? "" : $$$""","details":{"causes":[{"reason":"{{{cause}}}","message":"said"}]}""";
        return $$$"""{"kind":"Status","code":{{{code}}},"reason":"{{{reason}}}","message":"{{{message}}}"{{{details}}}}""";
    }
}
