using AdmissionGuard.Core.Json;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Kubernetes;

/// <summary>
/// Kubeconfig files, merged as kubectl does: the first file that has a name, or a current context, wins. The library's own reader
/// (KubernetesClientConfiguration.BuildConfigFromConfigFile) is not used: it knows no tokenFile, proxy-url and as-uid, ignores as and as-groups,
/// fails on as-user-extra, trusts the first certificate of a certificate-authority alone, compares names without case, wants every file of
/// KUBECONFIG to be there and takes their paths relative to the first, and names no file in what it says.
/// </summary>
internal sealed class Kubeconfig
{
    /// <summary>A cluster, a user or a context, with the file that it stands in: its paths are relative to that.</summary>
    internal sealed record Entry(string File, string List, string Name, Node Content)
    {
        /// <summary>A path of this file, made absolute.</summary>
        public string Resolve(string path) => Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(File))!);

        public InputException Lacks(string what) => new($"{File}: {List[..^1]} \"{Name}\" {what}");
    }

    private readonly List<string> files = [];
    private readonly Dictionary<(string List, string Name), Entry> entries = [];
    private (string File, string Name)? current;

    private Kubeconfig() { }

    /// <summary>What <c>--kubeconfig</c> names, else the files of KUBECONFIG, else ~/.kube/config; then the context.</summary>
    /// <param name="environment">Looks up a variable.</param>
    /// <exception cref="InputException">One line that names the file and what is missing.</exception>
    public static Connection Connect(string? path, string? context, Func<string, string?> environment, TimeProvider time)
    {
        var config = Read(path, environment);
        var name = context
            ?? config.current?.Name
            ?? throw new InputException($"{config.files[0]}: no current-context, name one with --context{config.Names("contexts")}");
        var from = context is null ? config.current!.Value.File : config.files[0];
        var chosen = config.Find("contexts", name) ?? throw new InputException($"{from}: no context \"{name}\"{config.Names("contexts")}");
        return new KubeconfigContext(
            chosen,
            config.Part(chosen, "cluster") ?? throw chosen.Lacks("names no cluster"),
            config.Part(chosen, "user"),
            time
        ).Connect();
    }

    private static Kubeconfig Read(string? path, Func<string, string?> environment)
    {
        var config = new Kubeconfig();
        if (path is not null)
        {
            config.Add(path, File.Exists(path) ? path : throw new InputException($"{path}: no kubeconfig there"));
            return config;
        }
        var listed = environment("KUBECONFIG");
        var candidates = string.IsNullOrEmpty(listed)
            ? [Path.Combine(environment("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config")]
            : listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var file in candidates.Where(File.Exists))
            config.Add(file, file);
        if (config.files.Count > 0)
            return config;
        throw new InputException($"{string.Join(", ", candidates)}: no kubeconfig there; use --kubeconfig PATH, KUBECONFIG or --in-cluster");
    }

    private void Add(string file, string path)
    {
        files.Add(file);
        byte[] bytes;
        try
        {
            if (new FileInfo(path).Length > Limits.FileBytes)
                throw new InputException($"{file}: {Limits.TooLarge}");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: cannot be read: {e.Message}");
        }
        var (documents, errors) = new YamlReader().Read(file, bytes);
        if (errors.Count > 0)
            throw new InputException(errors[0].ToString());
        if (documents.Count == 0)
            return;
        var root = documents[0].Root;
        if (!root.IsObject || root["kind"u8].Text is { } kind && kind != "Config")
            throw new InputException($"{file}: no kubeconfig (kind: Config)");
        if (current is null && root["current-context"u8].Text is { Length: > 0 } name)
            current = (file, name);
        AddAll(file, root, "clusters", "cluster");
        AddAll(file, root, "users", "user");
        AddAll(file, root, "contexts", "context");
    }

    private void AddAll(string file, Node root, string list, string content)
    {
        foreach (var item in root[list].Items)
        {
            var node = item;
            if (node["name"u8].Text is { } name)
                entries.TryAdd((list, name), new Entry(file, list, name, node[content]));
        }
    }

    private Entry? Find(string list, string name) => entries.GetValueOrDefault((list, name));

    private Entry? Part(Entry context, string part)
    {
        if (context.Content[part].Text is not { Length: > 0 } name)
            return null;
        return Find(part + "s", name) ?? throw context.Lacks($"names the {part} \"{name}\", which is not there{Names(part + "s")}");
    }

    private string Names(string list)
    {
        var names = entries.Keys.Where(k => k.List == list).Select(k => k.Name).Order(StringComparer.Ordinal).ToArray();
        if (names.Length == 0)
            return $"; there are no {list}";
        return $"; there: {string.Join(", ", names.Take(10))}{(names.Length > 10 ? ", ..." : "")}";
    }
}
