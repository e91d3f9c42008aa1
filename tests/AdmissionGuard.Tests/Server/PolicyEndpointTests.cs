using System.Net;
using System.Text.Json.Nodes;
using AdmissionGuard.Live;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Server;

/// <summary><c>/policies</c>: a broken policy is refused at apply, and nothing that may be its repair ever is.</summary>
public sealed class PolicyEndpointTests
{
    private const string Good = "{'profile':'baseline'}";

    private const string Broken =
        "{'profil':'baseline','rules':[{'rule':'rollout-first-stepp'},{'rule':'rollout-first-step','parameters':{'maxFirstWeight':120}}]}";

    [Fact]
    public async Task A_policy_with_errors_is_refused_with_every_error_at_once()
    {
        var response = await Ask(Policy("CREATE", Broken));
        Assert.Equal("u-1", (string?)response["uid"]);
        Assert.False((bool)response["allowed"]!);
        Assert.Equal(403, (int?)response["status"]!["code"]);
        Assert.Equal(
            """
            3 errors in GuardPolicy payments, nothing was changed

              spec.profil: spec has no key "profil", did you mean profile?
              spec.rules[0].rule: there is no rule "rollout-first-stepp", did you mean rollout-first-step?
              spec.rules[1].parameters.maxFirstWeight: is 120, 1 to 100 is allowed
            """,
            (string?)response["status"]!["message"]
        );
        Assert.Equal(3, response["status"]!["details"]!["causes"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_policy_without_errors_passes_in_silence() =>
        Assert.Equal("""{"uid":"u-1","allowed":true}""", (await Ask(Policy("UPDATE", Good, old: Broken))).ToJsonString());

    [Theory]
    [InlineData("GuardPolicy", "{'rules':[{'rule':'rollout-mirror-load'}]}", "spec.rules[0].rule")]
    [InlineData(
        "GuardException",
        "{'rules':['rollout-mirror-load'],'match':{'kinds':['Rollout'],'namespaces':['shop'],'names':['api']},'owner':'pay',"
            + "'reason':'until the migration','expires':'2020-01-01T00:00:00Z'}",
        "spec.rules[0]"
    )]
    public async Task A_former_id_of_a_rule_passes_with_a_warning(string kind, string spec, string place)
    {
        var response = await Ask(Of(kind, "payments", "CREATE", spec));
        Assert.True((bool)response["allowed"]!);
        Assert.Equal(
            $"{kind}: {place}: rule rollout-mirror-load is now called mirror-load; the old name is accepted until 2.0",
            (string?)Assert.Single(response["warnings"]!.AsArray())
        );
    }

    [Fact]
    public async Task An_update_that_brings_an_error_is_refused() => Assert.False((bool)(await Ask(Policy("UPDATE", Broken, old: Good)))["allowed"]!);

    [Theory]
    [InlineData("UPDATE", "{}")]
    [InlineData("CREATE", "")]
    public async Task An_edit_of_what_is_being_deleted_is_judged(string operation, string old) =>
        Assert.False((bool)(await Ask(Policy(operation, Broken, metadata: "'deletionTimestamp':'2026-11-21T11:00:00Z',", old: old)))["allowed"]!);

    [Theory]
    [InlineData("DELETE", "", "", "")]
    [InlineData(
        "UPDATE",
        "",
        "",
        "{'profil':'baseline','rules':[{'rule':'rollout-first-stepp'},{'rule':'rollout-first-step','parameters':{'maxFirstWeight':120}}]}"
    )]
    [InlineData("UPDATE", "'subResource':'status',", "", "{}")]
    [InlineData(
        "UPDATE",
        "",
        "'deletionTimestamp':'2026-11-21T11:00:00Z',",
        "{'profil':'baseline','rules':[{'rule':'rollout-first-stepp'},{'rule':'rollout-first-step','parameters':{'maxFirstWeight':120}}]}"
    )]
    public async Task What_is_deleted_or_leaves_spec_as_it_was_passes(string operation, string request, string metadata, string old)
    {
        var response = await Ask(Policy(operation, Broken, request, metadata, old));
        Assert.Equal("""{"uid":"u-1","allowed":true}""", response.ToJsonString());
    }

    [Theory]
    [InlineData(
        "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':{'uid':'u-1','operation':'CREATE',"
            + "'kind':{'group':'admissionguard.io','kind':'GuardPolicy'},'object':'text'}}"
    )]
    [InlineData("{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':{'uid':'u-1','operation':'CREATE'}}")]
    [InlineData(
        "{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':{'uid':'u-1','operation':'UPDATE',"
            + "'kind':{'group':'example.com','kind':'GuardPolicy'},'object':{'spec':{}}}}"
    )]
    public async Task What_cannot_be_understood_passes_with_a_warning(string review)
    {
        var response = await Ask(review.Replace('\'', '"'));
        Assert.True((bool)response["allowed"]!);
        Assert.EndsWith("it was not judged", (string?)Assert.Single(response["warnings"]!.AsArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_and_exceptions_are_judged_too_and_an_exception_by_no_length_while_settings_are_not_known()
    {
        Assert.False((bool)(await Ask(Of("GuardSettings", "cluster", "CREATE", "{'maxExceptionDays':0}")))["allowed"]!);
        var far = Of(
            "GuardException",
            "legacy",
            "CREATE",
            "{'rules':['rollout-first-step'],'match':{'kinds':['Rollout'],'namespaces':['shop'],'names':['api']},'owner':'pay',"
                + "'reason':'until the migration','expires':'2999-01-01T00:00:00Z'}"
        );
        var unknown = new LiveState(IsReady: false, HasPolicies: false, []);
        Assert.True((bool)(await Ask(far, unknown))["allowed"]!);
    }

    /// <summary>Of what is as large as the API server takes.</summary>
    [Fact]
    public async Task However_much_is_wrong_the_answer_is_short()
    {
        var keys = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"'{new string('k', 100)}{i}':1"));
        var response = await Ask(Policy("CREATE", $"{{'rules':[{{'rule':'{new string('x', 500_000)}'}}],{keys}}}"));
        Assert.InRange(response.ToJsonString().Length, 1, 10_000);
        var message = (string?)response["status"]!["message"];
        Assert.StartsWith("20001 errors in GuardPolicy payments, nothing was changed\n", message, StringComparison.Ordinal);
        Assert.EndsWith("  and 19981 more", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_review_gets_400_and_outcomes_are_counted()
    {
        await using var server = await Start();
        var client = server.Client();
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsync("/policies", Body("{}"), Stop)).StatusCode);
        await client.PostAsync("/policies", Body(Policy("CREATE", Broken)), Stop);
        Assert.Contains(
            "admissionguard_policy_reviews_total{kind=\"GuardPolicy\",outcome=\"denied\"} 1\n",
            await client.GetStringAsync("/metrics", Stop),
            StringComparison.Ordinal
        );
    }

    private static async Task<JsonObject> Ask(string review, LiveState? standing = null)
    {
        await using var server = await Start(standing: standing is null ? null : () => standing);
        return await Response(await server.Client().PostAsync("/policies", Body(review), Stop));
    }

    private static string Policy(string operation, string spec, string request = "", string metadata = "", string old = "") =>
        Of("GuardPolicy", "payments", operation, spec, request, metadata, old);

    private static string Of(string kind, string name, string operation, string spec, string request = "", string metadata = "", string old = "")
    {
        string Root(string of) =>
            of.Length == 0
                ? "null"
                : $"{{'apiVersion':'admissionguard.io/v1alpha1','kind':'{kind}','metadata':{{{metadata}'name':'{name}'}},'spec':{of}}}";
        return (
            $"{{'kind':'AdmissionReview','apiVersion':'admission.k8s.io/v1','request':{{'uid':'u-1',"
            + $"{request}'operation':'{operation}','name':'{name}','kind':{{'group':'admissionguard.io','version':'v1alpha1',"
            + $"'kind':'{kind}'}},"
            + $"'object':{Root(operation == "DELETE" ? "" : spec)},'oldObject':{Root(operation == "DELETE" ? spec : old)}}}}}"
        ).Replace('\'', '"');
    }
}
