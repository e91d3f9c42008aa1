using System.Globalization;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Known;

/// <summary>
/// The file of <c>--known</c>: YAML, sorted, an entry a line, so that a change of it reads well in a review and merges. No line numbers: they move.
/// </summary>
internal static class KnownFile
{
    private static readonly string[] Keys = ["rule", "kind", "namespace", "name", "key", "whole", "excess", "advice"];

    /// <exception cref="InputException">The file could not be written.</exception>
    public static void Write(string path, KnownFindings known)
    {
        var text = new StringBuilder();
        text.Append("# Findings of the day when this was written: check --known FILE does not fail for them, only for what is new or worse.\n");
        text.Append("# Written by check --known FILE --write-known; lines may be deleted.\n");
        text.Append("version: 1\n");
        text.Append(known.Entries.Count == 0 ? "known: []\n" : "known:\n");
        foreach (var line in known.Entries.Select(Line).Order(StringComparer.Ordinal))
            text.Append(line);
        try
        {
            AtomicFile.Write(path, text.ToString());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{path}: cannot be written: {e.Message}");
        }
    }

    /// <exception cref="InputException">With every error, each with its line.</exception>
    public static KnownFindings Read(string path)
    {
        var (documents, errors) = new YamlReader().Read(path, Content(path));
        var all = errors.ToList();
        var entries = new List<KnownFinding>();
        if (documents.Count == 1)
            ReadAll(documents[0], entries, all);
        else if (errors.Count == 0)
            all.Add(new ManifestError(path, 1, 1, $"{documents.Count} documents, one with version and known is expected"));
        if (all.Count > 0)
            throw new InputException(string.Join('\n', all.Select(e => Core.Json.Shown.Clean(e.ToString()))));
        return new KnownFindings([.. entries.Select(e => e with { Rule = Catalogue.PresentId(e.Rule) })])
        {
            Notices = [.. entries.Select(e => e.Rule).Distinct(StringComparer.Ordinal).Select(Catalogue.FormerIdNotice).OfType<string>()],
        };
    }

    private static byte[] Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException(
                e is FileNotFoundException or DirectoryNotFoundException
                    ? $"{path}: does not exist; --write-known writes it"
                    : $"{path}: cannot be read: {e.Message}"
            );
        }
    }

    private static void ReadAll(Document document, List<KnownFinding> entries, List<ManifestError> errors)
    {
        var form = new Sheet(document, errors);
        form.OnlyKeys(document.Root, "version", "known");
        var version = document.Root["version"u8];
        if (new Reader().Integer(version) != 1)
            form.Refuse(version.Exists ? version : document.Root, $"version is {Shown.Value(version)}, 1 is read");
        var list = document.Root["known"u8];
        if (!list.IsArray)
            form.Refuse(list.Exists ? list : document.Root, $"known is {Shown.Value(list)}, a list is expected");
        foreach (var item in list.Items)
        {
            var entry = item;
            var before = errors.Count;
            form.OnlyKeys(entry, Keys);
            var finding = new Finding(default, form.Text(entry, "key") ?? "", "")
            {
                Whole = form.Text(entry, "whole", optional: true),
                Excess = form.Number(entry, "excess"),
                AtMost = form.Flag(entry, "advice") ? GuardAction.Warn : GuardAction.Deny,
            };
            var known = new KnownFinding(
                form.Text(entry, "rule") ?? "",
                form.Text(entry, "kind") ?? "",
                form.Text(entry, "namespace") ?? "",
                form.Text(entry, "name") ?? "",
                finding
            );
            if (errors.Count == before)
                entries.Add(known);
        }
    }

    private static string Line(KnownFinding entry)
    {
        var text = new StringBuilder();
        text.Append("- {rule: ")
            .Append(entry.Rule)
            .Append(", kind: ")
            .Append(entry.Kind)
            .Append(", namespace: ")
            .Append(Yaml.Quote(entry.Namespace))
            .Append(", name: ")
            .Append(Yaml.Quote(entry.Name))
            .Append(", key: ")
            .Append(Yaml.Quote(entry.Finding.Key));
        if (entry.Finding.Whole is { } whole)
            text.Append(", whole: ").Append(Yaml.Quote(whole));
        if (entry.Finding.Excess != 0)
            text.Append(", excess: ").Append(entry.Finding.Excess.ToString("R", CultureInfo.InvariantCulture));
        if (entry.Finding.AtMost != GuardAction.Deny)
            text.Append(", advice: true");
        return text.Append("}\n").ToString();
    }

    /// <summary>Reads values; what is wrong becomes an error at its place.</summary>
    private sealed class Sheet(Document document, List<ManifestError> errors)
    {
        public void Refuse(Node at, string message)
        {
            var (line, column) = document.PositionOf(Pointer.Of(document.Root, at));
            errors.Add(new ManifestError(document.File, line, column, message));
        }

        public void OnlyKeys(Node map, params string[] valid)
        {
            if (!map.IsObject)
                Refuse(map, $"{Shown.Value(map)} where a map is expected");
            foreach (var entry in map.Entries.Where(e => !valid.Contains(e.Name, StringComparer.Ordinal)))
                Refuse(entry.Value, $"there is no key {Shown.Word(entry.Name)}{Nearest.Hint(entry.Name, valid)}");
        }

        public string? Text(Node map, string key, bool optional = false)
        {
            var node = map[key];
            if (map.IsObject && node.Text is null && (node.Exists || !optional))
                Refuse(node.Exists ? node : map, $"{key} is {Shown.Value(node)}, a text is expected");
            return node.Text;
        }

        public double Number(Node map, string key)
        {
            var node = map[key];
            if (!node.Exists)
                return 0;
            if (node.TryGetDouble(out var number))
                return number;
            Refuse(node, $"{key} is {Shown.Value(node)}, a number is expected");
            return 0;
        }

        public bool Flag(Node map, string key)
        {
            var node = map[key];
            if (!node.Exists)
                return false;
            if (new Reader().Boolean(node) is { } flag)
                return flag;
            Refuse(node, $"{key} is {Shown.Value(node)}, true or false is expected");
            return false;
        }
    }
}
