using System.Xml.Linq;
using AdmissionGuard.Formats;
using AdmissionGuard.Tests.Commands;

namespace AdmissionGuard.Tests.Output;

/// <summary>What Jenkins and GitLab read of a report.</summary>
public sealed class JUnitTests : CommandLine
{
    [Fact]
    public async Task A_finding_that_fails_is_a_failure_and_a_clean_object_a_test_that_passed()
    {
        var file = Write("dr.yaml", Bad + "\n---\n" + Named("web", Good));
        var outcome = await Check(file, "--output", "junit");
        Assert.Equal(1, outcome.Status);
        Assert.StartsWith(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"AdmissionGuard\" tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\"",
            outcome.Out,
            StringComparison.Ordinal
        );
        var suite = Assert.Single(Tests(outcome.Out).Root!.Elements("testsuite"));
        Assert.Equal(file, (string?)suite.Attribute("name"));
        var tests = suite.Elements("testcase").ToList();
        Assert.Equal([$"DestinationRule shop/api: {Rule}", "DestinationRule shop/web"], tests.Select(t => (string?)t.Attribute("name")));
        Assert.All(tests, t =>
            Assert.Equal(("admissionguard.DestinationRule", file), ((string?)t.Attribute("classname"), (string?)t.Attribute("file")))
        );
        var failure = Assert.Single(tests[0].Elements());
        Assert.Equal(("failure", Rule), (failure.Name.LocalName, (string?)failure.Attribute("type")));
        Assert.StartsWith("api.shop.svc.cluster.local has no outlier detection", (string?)failure.Attribute("message"), StringComparison.Ordinal);
        Assert.StartsWith($"{file}:6:1: deny  {Rule}  DestinationRule shop/api\n", failure.Value, StringComparison.Ordinal);
        Assert.Contains("write:  trafficPolicy:\n", failure.Value, StringComparison.Ordinal);
        Assert.Empty(tests[1].Elements());
    }

    [Theory]
    [InlineData("deny", "system-out")]
    [InlineData("warn", "failure")]
    [InlineData("never", "system-out")]
    public async Task What_is_below_the_level_is_output_of_a_test_that_passed(string failOn, string element)
    {
        var policy = Write("own.yaml", Policy("own", $"- {{rule: {Rule}, action: warn}}"));
        var outcome = await Run(["check", "--policy", policy, "--fail-on", failOn, "--output", "junit", Write("dr.yaml", Bad)]);
        Assert.Equal(element, Assert.Single(Tests(outcome.Out).Descendants("testcase").Elements()).Name.LocalName);
        Assert.Equal(failOn == "warn" ? 1 : 0, outcome.Status);
    }

    [Fact]
    public async Task What_could_not_be_read_is_an_error()
    {
        var outcome = await Check("--output", "junit", Write("broken.yaml", "a: 1\nkind: [\n"), At("missing.yaml"), Write("dr.yaml", Good));
        Assert.Equal(2, outcome.Status);
        var tests = Tests(outcome.Out);
        Assert.Equal("2", (string?)tests.Root!.Attribute("errors"));
        Assert.Contains(tests.Descendants("error"), e => e.Value == $"{At("missing.yaml")}: does not exist");
        Assert.Equal(3, tests.Root.Elements("testsuite").Count());
    }

    [Fact]
    public async Task Characters_that_XML_forbids_do_not_break_it()
    {
        var file = Write(
            "dr.yaml",
            Bad.Replace("name: api", "name: \"a<b>&'\\e\\0\\uFFFE]]>🚀\"", StringComparison.Ordinal)
                .Replace("api.shop.svc.cluster.local", "\"x\\u0001\\uFFFF.y\"", StringComparison.Ordinal)
        );
        var name = (string?)Tests((await Check(file, "--output", "junit")).Out).Descendants("testcase").Single().Attribute("name");
        Assert.Equal($"DestinationRule shop/a<b>&'  \uFFFD]]>🚀: {Rule}", name);
    }

    [Fact]
    public void All_cases_together_are_XML()
    {
        foreach (var @case in GoldenCase.All())
        {
            var text = new StringWriter();
            var report = @case.Report();
            CheckJUnit.Write(text, report, new FormatOptions(new SourceRoot(Repository.Root)));
            Assert.True(Tests(text.ToString()).Descendants("testcase").Count() >= report.Reviewed);
        }
    }

    /// <summary>Counts are what their elements say.</summary>
    private static XDocument Tests(string text)
    {
        var document = XDocument.Parse(text);
        foreach (var element in document.Root!.DescendantsAndSelf().Where(e => e.Name.LocalName is "testsuites" or "testsuite"))
        {
            Assert.Equal(element.Descendants("testcase").Count(), (int)element.Attribute("tests")!);
            Assert.Equal(element.Descendants("failure").Count(), (int)element.Attribute("failures")!);
            Assert.Equal(element.Descendants("error").Count(), (int)element.Attribute("errors")!);
        }
        return document;
    }
}
