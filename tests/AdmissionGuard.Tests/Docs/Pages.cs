using System.Text.RegularExpressions;

namespace AdmissionGuard.Tests.Docs;

/// <summary>The files of the repository that people write or read, and the places in Markdown pages that a link can name.</summary>
internal static partial class Pages
{
    private static readonly string[] Folders = ["src", "tests", "docs", "policies", "deploy", "certs"];
    private static readonly string[] Kinds = [".cs", ".csproj", ".md", ".yaml", ".yml"];

    /// <summary>What a build makes, and the custom resources of others.</summary>
    private static readonly string[] Foreign = ["/bin/", "/obj/", "/crds/"];

    private static readonly Dictionary<string, string> Read = [];

    /// <summary>Paths below the root of the repository, with «/».</summary>
    public static IReadOnlyList<string> All { get; } =
        Directory
            .EnumerateFiles(Repository.Root, "*.md")
            .Concat(Folders.SelectMany(f => Directory.EnumerateFiles(Path.Combine(Repository.Root, f), "*", SearchOption.AllDirectories)))
            .Where(f => Kinds.Contains(Path.GetExtension(f), StringComparer.Ordinal))
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .Where(f => !Foreign.Any(folder => f.Contains(folder, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal)
            .ToList();

    public static IEnumerable<string> Markdown => All.Where(f => f.EndsWith(".md", StringComparison.Ordinal));

    public static IEnumerable<string> Facts => Markdown.Where(f => f.StartsWith("docs/facts/", StringComparison.Ordinal));

    public static string Text(string page)
    {
        lock (Read)
        {
            if (!Read.TryGetValue(page, out var text))
                Read.Add(page, text = File.ReadAllText(Path.Combine(Repository.Root, page)));
            return text;
        }
    }

    /// <summary>What is left of a page where links can be: no code.</summary>
    public static string Prose(string page) => InlineCode().Replace(Fences().Replace(Text(page), ""), "");

    /// <summary>The anchors that are written into a page; those of its headings are made by GitHub.</summary>
    public static IReadOnlyList<string> Written(string page) => [.. Ids().Matches(Text(page)).Select(m => m.Groups["id"].Value)];

    /// <summary>Null where a path and an anchor lead somewhere, else what is missing.</summary>
    public static string? Missing(string path, string anchor)
    {
        var full = Path.Combine(Repository.Root, path);
        if (!File.Exists(full) && !Directory.Exists(full))
            return $"there is no {path}";
        if (anchor.Length == 0)
            return null;
        if (!path.EndsWith(".md", StringComparison.Ordinal))
            return $"{path} is not a page with anchors";
        var headings = Headings().Matches(Fences().Replace(Text(path), "")).Select(m => Slug(m.Groups["title"].Value));
        return Written(path).Concat(headings).Contains(anchor, StringComparer.Ordinal) ? null : $"{path} has no anchor {anchor}";
    }

    /// <summary>As GitHub makes it: lower case, punctuation dropped, a hyphen for a space.</summary>
    private static string Slug(string title) =>
        string.Concat(
            title
                .ToLowerInvariant()
                .Select(c =>
                {
                    if (c == ' ')
                        return "-";
                    if (char.IsLetterOrDigit(c) || c is '-' or '_')
                        return c.ToString();
                    return "";
                })
        );

    [GeneratedRegex("^ *```.*?^ *```", RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fences();

    [GeneratedRegex("`[^`\n]*`", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex InlineCode();

    [GeneratedRegex("<a id=\"(?<id>[^\"]+)\"", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Ids();

    [GeneratedRegex("^#{1,6} (?<title>[^\n]+)", RegexOptions.Multiline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Headings();
}
