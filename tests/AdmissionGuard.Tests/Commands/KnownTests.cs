namespace AdmissionGuard.Tests.Commands;

/// <summary>A repository that has grown: what is known does not fail, what is new or worse does.</summary>
public sealed class KnownTests : CommandLine
{
    private string Known => At("known.yaml");

    [Fact]
    public async Task What_is_found_is_written_and_from_then_on_does_not_fail()
    {
        var file = Write("dr.yaml", Bad);
        var written = await Check(file, "--known", Known, "--write-known");
        Assert.Equal((0, $"{Known}: 1 finding written\n"), (written.Status, written.Error));
        var lines = await File.ReadAllLinesAsync(Known, TestContext.Current.CancellationToken);
        Assert.Equal(
            ["version: 1", "known:", $"- {{rule: {Rule}, kind: DestinationRule, namespace: \"shop\", name: \"api\", key: \"host\", excess: 1}}"],
            lines[2..]
        );
        Write("dr.yaml", "# a line more\n" + Bad);
        var outcome = await Check(file, "--known", Known, "--fail-on", "warn");
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Equal(
            $"{file}:7:1: known (deny)  {Rule}  DestinationRule shop/api\n\n1 document, 1 reviewed: 0 deny, 0 warn, 0 fix, 0 audit; 1 known, "
                + $"not counted\n",
            outcome.Out
        );
    }

    /// <summary>Somebody who reads while it is written anew sees the whole of the old one.</summary>
    [Fact]
    public async Task The_file_is_replaced_in_one_step()
    {
        await File.WriteAllTextAsync(Known, "version: 1\nknown: []\n", TestContext.Current.CancellationToken);
        using var reader = new StreamReader(new FileStream(Known, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        await Check(Write("dr.yaml", Bad), "--known", Known, "--write-known");
        Assert.Equal("version: 1\nknown: []\n", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        Assert.Contains(Rule, await File.ReadAllTextAsync(Known, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetDirectoryName(Known)!), f => Path.GetFileName(f).StartsWith('.'));
    }

    [Fact]
    public async Task What_is_new_fails()
    {
        await Check(Write("dr.yaml", Bad), "--known", Known, "--write-known");
        var other = Write("web.yaml", Named("web", Bad));
        var outcome = await Check(At("dr.yaml"), other, "--known", Known);
        Assert.Equal(1, outcome.Status);
        Assert.Contains($"{other}:6:1: deny  {Rule}  DestinationRule shop/web\n", outcome.Out, StringComparison.Ordinal);
        Assert.EndsWith(": 1 deny, 0 warn, 0 fix, 0 audit; 1 known, not counted\n", outcome.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("90s", 0)]
    [InlineData("100s", 0)]
    [InlineData("200s", 1)]
    public async Task What_is_worse_fails_and_what_is_less_does_not(string timeout, int status)
    {
        var policy = Write("own.yaml", Policy("own", "- {rule: virtual-service-timeout, action: deny}"));
        var file = Write("vs.yaml", VirtualService("100s"));
        Assert.Equal(1, (await Run(["check", "--policy", policy, file, "--fail-on", "warn"])).Status);
        await Run(["check", "--policy", policy, file, "--known", Known, "--write-known"]);
        Assert.Contains(", excess: ", await File.ReadAllTextAsync(Known, TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Write("vs.yaml", VirtualService(timeout));
        var outcome = await Run(["check", "--policy", policy, file, "--known", Known, "--fail-on", "warn"]);
        Assert.Equal((status, ""), (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task What_no_longer_occurs_is_told_in_one_line()
    {
        var file = Write("dr.yaml", Bad + "\n---\n" + Named("web", Bad) + "\n---\n" + Named("search", Bad));
        await Check(file, "--known", Known, "--write-known");
        Write("dr.yaml", Good + "\n---\n" + Named("web", Bad));
        var outcome = await Check(file, "--known", Known);
        Assert.Equal(
            (0, $"{Known}: 1 entry no longer occurs, 1 entry is of objects that were not given; --write-known writes it anew\n"),
            (outcome.Status, outcome.Error)
        );
    }

    [Fact]
    public async Task JSON_says_what_admission_would_do_and_that_it_is_known()
    {
        var file = Write("dr.yaml", Bad);
        await Check(file, "--known", Known, "--write-known");
        var json = (await Check(file, "--known", Known, "--output", "json")).Json;
        Assert.Equal(("deny", true), ((string?)json["findings"]![0]!["action"], (bool)json["findings"]![0]!["known"]!));
        Assert.Equal((0, 1), ((int)json["summary"]!["deny"]!, (int)json["summary"]!["known"]!));
    }

    [Theory]
    [InlineData("sarif", "\"suppressions\"")]
    [InlineData("junit", "known (deny)")]
    [InlineData("github", "1 known, not counted")]
    [InlineData("markdown", "## AdmissionGuard: 1 known\n")]
    public async Task No_format_fails_for_it(string format, string part)
    {
        var file = Write("dr.yaml", Bad);
        await Check(file, "--known", Known, "--write-known");
        var outcome = await Check(file, "--known", Known, "--output", format);
        Assert.Equal(0, outcome.Status);
        Assert.Contains(part, outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("::error", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("<failure", outcome.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\"level\": \"error\",\n          \"message\"", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_with_any_character_come_back_as_they_were()
    {
        var file = Write(
            "dr.yaml",
            Bad.Replace("api.shop.svc.cluster.local", "\"x\\\"\\\\\\n\\u2028\\u202e🚀#: {}\"", StringComparison.Ordinal)
                .Replace("name: api", "name: \"é🚀 #\\\"\"", StringComparison.Ordinal)
        );
        await Check(file, "--known", Known, "--write-known", "--fail-on", "warn");
        var outcome = await Check(file, "--known", Known, "--fail-on", "warn");
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Contains("1 known", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_where_not_everything_could_be_judged()
    {
        var outcome = await Check(Write("dr.yaml", Bad), At("missing.yaml"), "--known", Known, "--write-known");
        Assert.Equal(2, outcome.Status);
        Assert.Equal($"{Known}: not written, because not everything could be judged", outcome.ErrorLines[0]);
        Assert.False(File.Exists(Known));
    }

    [Theory]
    [InlineData("version: 1\nknown:\n- {rule: a, kind: b, namespace: c, name: d, kei: e}\n", "3:45: there is no key \"kei\", did you mean key?")]
    [InlineData("version: 1\nknown:\n- {rule: a, kind: b, namespace: c, name: 7, key: e}\n", "3:36: name is 7, a text is expected")]
    [InlineData(
        "version: 1\nknown:\n- {rule: a, kind: b, namespace: c, name: d, key: e, excess: much}\n",
        "3:53: excess is \"much\", a number is expected"
    )]
    [InlineData("version: 2\nknown: []\n", "1:1: version is 2, 1 is read")]
    [InlineData("version: 1\n", "1:1: known is absent, a list is expected")]
    [InlineData("version: 1\nknown: [\n", "")]
    [InlineData("", "1:1: 0 documents, one with version and known is expected")]
    [InlineData("- a\n", "")]
    public async Task A_bad_file_is_refused_with_its_line(string text, string error)
    {
        Write("known.yaml", text);
        var outcome = await Check(Write("dr.yaml", Bad), "--known", Known);
        Assert.Equal((2, ""), (outcome.Status, outcome.Out));
        Assert.StartsWith($"{Known}:{error}", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_refused_and_so_is_a_flag_alone()
    {
        var file = Write("dr.yaml", Bad);
        Assert.Equal($"{Known}: does not exist; --write-known writes it\n", (await Check(file, "--known", Known)).Error);
        var alone = await Check(file, "--write-known");
        Assert.Equal(
            (2, "--write-known writes the file of --known, which is not given; see admissionguard check --help\n"),
            (alone.Status, alone.Error)
        );
    }

    private static string VirtualService(string timeout) =>
        $$"""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: api, namespace: shop}
            spec:
              hosts: [api.shop.svc.cluster.local]
              http:
              - timeout: {{timeout}}
                route:
                - destination: {host: api.shop.svc.cluster.local}
            """;
}
