using System.Text;
using System.Text.Json.Nodes;
using AdmissionGuard.Commands.Options;

namespace AdmissionGuard.Tests.Commands;

/// <summary>A folder of its own, and the program run in this process as a shell would run it.</summary>
public abstract class CommandLine : IDisposable
{
    protected const string Rule = "destination-rule-outlier-detection";

    protected const string Bad = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata:
          name: api
          namespace: shop
        spec:
          host: api.shop.svc.cluster.local
        """;

    protected const string Good = Bad + "\n  trafficPolicy:\n    outlierDetection:\n      consecutive5xxErrors: 5\n";

    /// <summary>The same rule under another name, for the service of that name.</summary>
    protected static string Named(string name, string rule) =>
        rule.Replace("name: api", $"name: {name}", StringComparison.Ordinal).Replace("host: api.", $"host: {name}.", StringComparison.Ordinal);

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard").FullName;

    protected CommandLine() => PolicyFile = Write("policy.yaml", Policy("test", $"- {{rule: {Rule}, action: deny}}"));

    /// <summary>Denies what <see cref="Rule"/> finds, and nothing else however many rules there will be.</summary>
    protected string PolicyFile { get; }

    public void Dispose()
    {
        Directory.Delete(folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    internal sealed record Outcome(int Status, string Out, string Error)
    {
        public JsonNode Json => JsonNode.Parse(Out)!;

        public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    internal static async Task<Outcome> Run(string[] args, string input = "", bool colours = false)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var stdin = new MemoryStream(Encoding.UTF8.GetBytes(input));
        var status = await Program.Run(args, new Terminal(stdin, output, error, colours), TestContext.Current.CancellationToken);
        return new Outcome(status, output.ToString(), error.ToString());
    }

    /// <summary><c>check</c> by the policy of one rule.</summary>
    internal Task<Outcome> Check(params string[] args) => Run(["check", "--policy", PolicyFile, .. args]);

    protected static string Policy(string name, string rules) =>
        $"apiVersion: admissionguard.io/v1alpha1\nkind: GuardPolicy\nmetadata:\n  name: {name}\nspec:\n  rules:\n  {rules}\n";

    protected string Write(string name, string text)
    {
        var path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    protected string At(string name) => Path.Combine(folder, name);
}
