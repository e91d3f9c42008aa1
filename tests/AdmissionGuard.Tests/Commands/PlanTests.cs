using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace AdmissionGuard.Tests.Commands;

public sealed class PlanTests : CommandLine
{
    private const string Steps =
        "[{setWeight: 10}, {pause: {duration: 10m}}, {setWeight: 60}, {analysis: {templates: [{templateName: success-rate}]}}]";

    [Fact]
    public async Task A_plan_is_on_stdout_in_80_columns_and_exits_0()
    {
        var file = Write("r.yaml", Rollout(Steps));
        var outcome = await Run(["plan", file]);
        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.StartsWith("Rollout shop/api\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains($"{file}:1", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("  to all users         at least 10m, and as long as gates take: until the\n", outcome.Out, StringComparison.Ordinal);
        Assert.All(outcome.Out.Split('\n').Where(l => !l.Contains(file, StringComparison.Ordinal)), l => Assert.True(l.Length <= 80, l));
    }

    [Fact]
    public async Task Colours_are_where_somebody_looks_and_nowhere_else()
    {
        var file = Write("r.yaml", Rollout(Steps));
        Assert.DoesNotContain('\e', (await Run(["plan", file])).Out);
        var coloured = (await Run(["plan", file], colours: true)).Out;
        Assert.Contains("\e[1mRollout shop/api\e[0m", coloured, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', (await Run(["plan", "-o", "svg", file], colours: true)).Out);
    }

    [Fact]
    public async Task Standard_input_is_read_where_a_dash_stands()
    {
        var outcome = await Run(["plan", "-"], input: Rollout(Steps));
        Assert.Equal(0, outcome.Status);
        Assert.Contains("\n-:1: canary without a router", outcome.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_are_compared_and_three_are_not()
    {
        var old = Write("old.yaml", Rollout(Steps));
        var @new = Write("new.yaml", Rollout("[{setWeight: 60}, {pause: {duration: 20m}}]"));
        var outcome = await Run(["plan", old, @new]);
        Assert.Equal(0, outcome.Status);
        Assert.Contains("Second: Rollout shop/api\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("  to all users, at least     10m               20m               +10m\n", outcome.Out, StringComparison.Ordinal);
        Assert.Contains("  full-outage minutes        1                 12                +11\n", outcome.Out, StringComparison.Ordinal);
        var three = await Run(["plan", old, @new, Write("third.yaml", Rollout(Steps))]);
        Assert.DoesNotContain("DIFFERENCE", three.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("40m", 1)]
    [InlineData("24h", 2)]
    public async Task Two_charts_have_one_scale_unless_one_would_be_a_speck(string length, int full)
    {
        var plan = (string pause) => Rollout($"[{{setWeight: 10}}, {{pause: {{duration: {pause}}}}}]");
        var outcome = await Run(["plan", "-"], plan("10m") + "---\n" + plan(length));
        Assert.Equal(full, outcome.Out.Split('\n').Count(l => l == "        │" + new string('█', 70)));
    }

    [Fact]
    public async Task Other_kinds_are_passed_over_with_a_notice()
    {
        var file = Write("all.yaml", Rollout(Steps) + "\n---\n" + Good + "---\n{apiVersion: v1, kind: Service, metadata: {name: s}}\n");
        var outcome = await Run(["plan", file]);
        Assert.Equal((0, $"{file}: 2 objects of other kinds skipped\n"), (outcome.Status, outcome.Error));
    }

    [Fact]
    public async Task Without_a_Rollout_there_is_one_line_and_2()
    {
        var file = Write("dr.yaml", Good);
        var outcome = await Run(["plan", file]);
        Assert.Equal((2, "", $"no Rollout or Canary to plan in {file}\n"), (outcome.Status, outcome.Out, outcome.Error));
    }

    [Theory]
    [InlineData("{}", "8:3: spec.strategy: neither canary nor blueGreen, there is nothing to plan")]
    [InlineData("canary", "8:3: spec.strategy: \"canary\" where a map is expected")]
    public async Task A_Rollout_without_a_strategy_is_an_error_with_its_line(string strategy, string error)
    {
        var file = Write("r.yaml", Head + $"  strategy: {strategy}\n");
        var outcome = await Run(["plan", file]);
        Assert.Equal((2, "", $"{file}:{error}\n"), (outcome.Status, outcome.Out, outcome.Error));
    }

    [Fact]
    public async Task What_cannot_be_read_exits_2_after_the_rest_is_planned()
    {
        var file = Write("r.yaml", Rollout("[{setWeight: ten}, {pause: {duration: 1m}}]"));
        var outcome = await Run(["plan", file, Write("broken.yaml", "kind: [\n"), At("missing.yaml")]);
        Assert.Equal(2, outcome.Status);
        Assert.Contains("cannot be told", outcome.Out, StringComparison.Ordinal);
        Assert.Equal(3, outcome.ErrorLines.Length);
        Assert.Contains($"{file}:10:16: spec.strategy.canary.steps[0].setWeight: \"ten\" where a whole number is expected", outcome.ErrorLines);
    }

    [Fact]
    public async Task Json_has_the_stages_the_figures_and_the_differences()
    {
        var outcome = await Run([
            "plan",
            "-o",
            "json",
            Write("a.yaml", Rollout(Steps)),
            Write("b.yaml", Rollout("[{setWeight: 60}, {pause: {duration: 20m}}]")),
        ]);
        Assert.Equal((0, 1, 2), (outcome.Status, (int)outcome.Json["version"]!, outcome.Json["plans"]!.AsArray().Count));
        var plan = outcome.Json["plans"]![0]!;
        Assert.Equal(
            "10 600 /spec/strategy/canary/steps/0/setWeight, 60 0 /spec/strategy/canary/steps/2/setWeight, 100 0 ",
            string.Join(", ", plan["stages"]!.AsArray().Select(s => $"{s!["share"]} {s["atLeastSeconds"]} {s["path"]}"))
        );
        Assert.Equal("analysis", (string?)plan["stages"]![1]!["canStop"]![0]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"points":50,"from":10,"to":60}"""), plan["largestIncrease"]));
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""{"fullOutageMinutes":1,"stoppedBy":"analysis","atShare":60,"beforeUsers":null,"isIncomplete":false}"""),
                plan["badVersion"]
            )
        );
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""{"largestIncreasePoints":10,"toHalfSeconds":-600,"toAllSeconds":600,"fullOutageMinutes":11}"""),
                outcome.Json["comparison"]
            )
        );
    }

    [Fact]
    public async Task A_name_cannot_break_out_of_the_picture()
    {
        var file = Write(
            "r.yaml",
            Rollout(Steps).Replace("name: api", "name: \"</text><script>alert(1)</script>&\\u0007\\uFFFE\\\"\"", StringComparison.Ordinal)
        );
        var outcome = await Run(["plan", "--output", "svg", file]);
        Assert.Equal(0, outcome.Status);
        var elements = XDocument.Parse(outcome.Out).Descendants().Select(e => e.Name.LocalName).ToHashSet();
        Assert.DoesNotContain("script", elements);
        Assert.DoesNotContain("http", outcome.Out.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_many_gates_have_no_chart_and_many_fit()
    {
        var gates = (int count) =>
            Rollout($"[{{setWeight: 5}}, {string.Join(", ", Enumerable.Repeat("{pause: {}}, {pause: {duration: 1m}}", count))}]");
        Assert.Contains("no chart: too many gates", (await Run(["plan", "-"], gates(41))).Out, StringComparison.Ordinal);
        var most = (await Run(["plan", "-"], gates(40))).Out;
        Assert.Contains("and 32 more, as the table has them", most, StringComparison.Ordinal);
        Assert.All(most.Split('\n'), l => Assert.True(l.Length <= 80, l));
        foreach (var count in (int[])[40, 41])
            Assert.NotNull(XDocument.Parse((await Run(["plan", "-", "-o", "svg"], gates(count))).Out));
    }

    private const string Head =
        "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata:\n  name: api\n  namespace: shop\nspec:\n  replicas: 1000\n";

    private static string Rollout(string steps) => Head + $"  strategy:\n    canary:\n      steps: {steps}\n";
}
