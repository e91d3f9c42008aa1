using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Commands;

/// <summary>
/// The program as a process, which may be the native release (<see cref="TestedProgram"/>), says what the golden files say and what the code under
/// test says.
/// </summary>
public sealed class TestedProgramTests : CommandLine
{
    [Fact]
    public async Task The_program_says_of_every_golden_case_what_is_expected()
    {
        foreach (var source in Directory.EnumerateFiles(Repository.Cases, "*", SearchOption.AllDirectories))
            Copy(source, Path.Join("cases", Path.GetRelativePath(Repository.Cases, source)));
        foreach (var rule in Catalogue.Rules)
        {
            var alone = Policy("baseline", $"- {{rule: {rule.Id}{Written(rule)}}}");
            Write($"cases/{rule.Id}/policy.yaml", alone);
            foreach (var own in Directory.EnumerateFiles(At($"cases/{rule.Id}"), "*.policy.yaml").Where(HasNoPolicy))
                await File.AppendAllTextAsync(own, "\n---\n" + alone, Stop);
        }
        var (status, output, error) = await Start("", "test", At("cases"), "--now", "2026-11-21T12:00:00Z");
        Assert.True(status == 0, Failures(output) + error);
        Assert.Equal(GoldenCase.All().Count(), output.Split('\n').Count(l => l.StartsWith("ok ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("validate")]
    [InlineData("mutate")]
    public async Task The_program_answers_reviews_as_this_build_does(string endpoint)
    {
        var requests = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(Path.Join(Repository.Root, "tests", "reviews"), "request.json", SearchOption.AllDirectories))
            requests.Append(JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!.ToJsonString(JsonSerializerOptions.Default)).Append('\n');
        var all = requests.ToString();
        string[] arguments = ["review", "-", "--profile", "strict", "--endpoint", endpoint];
        var here = await Run(arguments, all);
        var (status, output, error) = await Start(all, arguments);
        Assert.NotEmpty(here.Out);
        Assert.Equal((here.Status, here.Out, here.Error), (status, output, error));
    }

    [Theory]
    [InlineData("rules")]
    [InlineData("rules", "retry-safety")]
    [InlineData("generate", "crds")]
    [InlineData("generate", "webhooks")]
    [InlineData("check", "CASES/retry-safety", "--output", "json")]
    [InlineData("check", "CASES/retry-safety", "--output", "sarif")]
    [InlineData("check", "CASES/retry-safety", "--output", "junit")]
    [InlineData("check", "CASES/retry-safety", "--output", "html")]
    [InlineData("plan", "CASES/rollout-first-step/good.yaml", "--output", "json")]
    public async Task The_program_prints_what_this_build_prints(params string[] arguments)
    {
        arguments = [.. arguments.Select(a => a.Replace("CASES", Repository.Cases, StringComparison.Ordinal))];
        var here = await Run(arguments);
        var (status, output, error) = await Start("", arguments);
        Assert.Equal((here.Status, here.Error), (status, error));
        Assert.NotEmpty(here.Out);
        Assert.Equal(WithoutTime(here.Out), WithoutTime(output));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>As the golden cases are judged: by baseline, and what it leaves off as strict has it.</summary>
    private static string Written(Rule rule)
    {
        var by = rule.Baseline.Action == GuardAction.Off ? rule.Strict : rule.Baseline;
        return $", action: \"{by.Action.ToString().ToLowerInvariant()}\"" + (by.Fix ? ", fix: true" : "");
    }

    /// <summary>Only exceptions or settings.</summary>
    private static bool HasNoPolicy(string file) => !File.ReadAllText(file).Contains("kind: GuardPolicy", StringComparison.Ordinal);

    private static string Failures(string output) =>
        string.Join('\n', output.Split('\n').Where(l => !l.StartsWith("ok ", StringComparison.Ordinal)).Take(60));

    /// <summary>A page says to the second when it was made.</summary>
    private static string WithoutTime(string text) =>
        System.Text.RegularExpressions.Regex.Replace(
            text,
            "20[0-9-]{8}[T ][0-9:.]+Z?",
            "TIME",
            System.Text.RegularExpressions.RegexOptions.None,
            TimeSpan.FromSeconds(5)
        );

    private void Copy(string source, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.Copy(source, At(name));
    }

    private static async Task<(int Status, string Out, string Error)> Start(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(TestedProgram.File, [.. TestedProgram.Before, .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Environment.CurrentDirectory,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Stop);
        var error = process.StandardError.ReadToEndAsync(Stop);
        await process.StandardInput.WriteAsync(input.AsMemory(), Stop);
        process.StandardInput.Close();
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, await output, await error);
    }
}
