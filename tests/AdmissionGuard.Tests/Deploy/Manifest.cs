using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Deploy;

/// <summary>The manifests of deploy/, as they stand there and as kustomize renders them.</summary>
internal static class Manifest
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy");

    /// <summary>What an admin applies.</summary>
    public static string[] Roots { get; } =
    [
        "base",
        .. Directory
            .EnumerateDirectories(Path.Combine(Folder, "overlays"))
            .Select(d => "overlays/" + Path.GetFileName(d))
            .Order(StringComparer.Ordinal),
    ];

    public static IReadOnlyList<Document> Read(string file) => Parse(file, File.ReadAllBytes(Path.Combine(Folder, file)));

    public static IReadOnlyList<Document> Parse(string name, byte[] yaml)
    {
        var (documents, errors) = new YamlReader().Read(name, yaml);
        Assert.Empty(errors);
        Assert.NotEmpty(documents);
        return documents;
    }

    private static readonly ConcurrentDictionary<string, IReadOnlyList<Document>> Rendered = new(StringComparer.Ordinal);

    /// <summary>Skips the test where kubectl is not installed.</summary>
    public static IReadOnlyList<Document> Render(string root) => Rendered.GetOrAdd(root, static root =>
        {
            var (status, output, error) = Kubectl("kustomize", Path.Combine(Folder, root));
            Assert.True(status == 0, error);
            Assert.Equal("", error);
            return Parse(root, Encoding.UTF8.GetBytes(output));
        });

    public static Node One(this IEnumerable<Document> documents, string kind, string name = "admissionguard") =>
        Assert.Single(documents, d => d.Kind == kind && d.Name == name).Root;

    /// <summary>By keys and indexes: <c>spec/template/spec</c>.</summary>
    public static Node At(this Node node, string path)
    {
        foreach (var step in path.Split('/'))
            node = node.IsArray ? node.Items.ElementAt(int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)) : node[step];
        return node;
    }

    public static string[] Texts(this Node list) => [.. list.Items.Select(i => i.Text!)];

    public static IEnumerable<Node> Nodes(this Node list) => list.Items.Select(i => i);

    private static (int Status, string Output, string Error) Kubectl(params string[] args)
    {
        var places = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var program = places.Select(p => Path.Combine(p, "kubectl")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "kubectl is not on the PATH: what kustomize renders is not looked at");
        var start = new ProcessStartInfo(program!, args)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }
}
