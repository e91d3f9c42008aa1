using System.Diagnostics;
using System.Text.Json;

namespace AdmissionGuard.Cluster;

/// <summary>What a command printed, and how it ended.</summary>
internal sealed record Outcome(string Command, int Status, string Out, string Error)
{
    /// <summary>Itself, where it succeeded.</summary>
    public Outcome Passed()
    {
        Assert.True(Status == 0, $"{Command}: {Status}\n{Out}{Error}");
        return this;
    }
}

/// <summary>kubectl as the cluster's admin, or as whom it is told to be.</summary>
internal sealed class Kubectl(string program, string kubeconfig, string home)
{
    private string? user;

    public Kubectl As(string name) => new(program, kubeconfig, home) { user = name };

    /// <summary>As on a command line; none of our arguments has a space in it.</summary>
    public Task<Outcome> Run(string command) => Run(command.Split(' '), input: null);

    public Task<Outcome> Apply(string manifest, string options = "") =>
        Run(["apply", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries), "-f", "-"], manifest);

    /// <param name="input">A manifest, or what <c>--raw</c> sends as it is.</param>
    public async Task<Outcome> Run(string[] args, string? input)
    {
        var start = new ProcessStartInfo(program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["KUBECONFIG"] = kubeconfig;
        start.Environment["HOME"] = home;
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        if (user is not null)
            start.ArgumentList.Add("--as=" + user);
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Waiting.Stop);
        late.CancelAfter(Waiting.Deadline);
        using var process = Process.Start(start)!;
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(late.Token), process.StandardError.ReadToEndAsync(late.Token));
            await process.StandardInput.WriteAsync(Unmistakable(input).AsMemory(), late.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(late.Token);
            return new Outcome("kubectl " + string.Join(' ', args), process.ExitCode, await output, await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>
    /// kubectl 1.27 to 1.32 take all of standard input for JSON where it begins with a brace, and refuse YAML in braces; behind --- it is YAML for
    /// every version.
    /// </summary>
    private static string? Unmistakable(string? input) => input?.StartsWith('{') == true && !IsJson(input) ? "---\n" + input : input;

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
