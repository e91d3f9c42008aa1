using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Evaluation;

/// <summary>An object beyond a limit is denied and told which, whatever else is in it; one that was stored so may still be changed.</summary>
public sealed class SizeBoundTests
{
    private static readonly ObjectLimits Limits = ObjectLimits.Default;

    public static TheoryData<string, int, int> Bounds =>
        new()
        {
            { "steps", 1_000, 1_000 },
            { "routes", 2_000, 2_000 },
            { "hosts", 10_000, 9_998 },
            { "labels", 10_000, 9_998 },
            { "depth", 64, 60 },
        };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void One_more_than_the_limit_is_denied_and_the_limit_itself_is_judged(string what, int limit, int within)
    {
        Assert.DoesNotContain(Judge.Verdict(Object(what, within)).Judgements, j => j.Rule == "limits");
        var beyond = Assert.Single(Judge.Verdict(Object(what, limit + 1)).Judgements);
        Assert.Equal(("limits", GuardAction.Deny), (beyond.Rule, beyond.Action));
        Assert.Contains($"{limit} are allowed", beyond.Finding.Message, StringComparison.Ordinal);
        Assert.Matches("spec[.]limits[.](steps|routes|listItems|depth) of GuardSettings", beyond.Finding.Remedy!);
    }

    [Fact]
    public void A_stored_object_that_is_as_large_may_be_changed_and_is_judged()
    {
        var stored = Object("steps", 1_200);
        var routes = Object("routes", 2_100);
        var changed = routes.Replace("'name':'r0'", "'name':'r0','timeout':'0s','retries':{'attempts':99}", StringComparison.Ordinal);
        var judged = Judge.Verdict(changed, routes).Judgements;
        Assert.DoesNotContain(judged, j => j.Rule == "limits");
        Assert.Contains(judged, j => j.Rule == "virtual-service-validity" && j.Because == Because.None);
        Assert.DoesNotContain(Judge.Verdict(Object("steps", 1_100), stored).Judgements, j => j.Rule == "limits");
        Assert.Equal("limits", Assert.Single(Judge.Verdict(Object("steps", 1_201), stored).Judgements).Rule);
        Assert.Equal("limits", Assert.Single(Judge.Verdict(stored, Object("steps", 900)).Judgements).Rule);
    }

    [Fact]
    public void What_weakens_every_denial_weakens_this_one_and_the_rules_judge_it_then()
    {
        var large = Object("steps", 1_001);
        Assert.DoesNotContain(Judge.Verdict(large, actor: Judge.Argo).Judgements, j => j.Action > GuardAction.Audit);
        var warned = Judge.Verdict(
            large,
            policy: new GuardPolicy("warns", GuardPolicy.Of(Profile.Baseline).Rules, Match.Everything, PolicyMode.Warn, true)
        );
        Assert.True(warned.Allowed);
        Assert.Equal(GuardAction.Warn, Assert.Single(warned.Judgements, j => j.Rule == "limits").Action);
        Assert.True(warned.Judgements.Count > 1);
        var glass = large.Replace(
            "'name':'api'",
            "'name':'api','annotations':{'admissionguard.io/break-glass':'incident 4711 now'}",
            StringComparison.Ordinal
        );
        var settings = GuardSettings.Default with { BreakGlassGroups = [.. Judge.Human.Groups] };
        var broken = Judge.Verdict(glass, cluster: Cluster.Empty.With(settings).With([GuardPolicy.Of(Profile.Baseline)]));
        Assert.True(broken.Allowed);
        Assert.Contains(broken.Judgements, j => j is { Rule: "limits", Because: Because.BreakGlass });
    }

    [Fact]
    public void Nothing_is_repaired_in_what_is_not_judged()
    {
        var verdict = Judge.Verdict(Object("routes", 2_001), stage: Stage.Mutate, policy: Judge.Policy("virtual-service-retries", fix: true));
        Assert.Empty(verdict.Patch);
        Assert.True(verdict.Allowed);
    }

    /// <summary>Anybody can write an owner into an object.</summary>
    [Theory]
    [InlineData("jane", true)]
    [InlineData("system:serviceaccount:argocd:argocd-application-controller", true)]
    [InlineData("system:serviceaccount:knative:controller", false)]
    public void A_forged_owner_keeps_no_repair_away(string user, bool repaired)
    {
        var owned = Object("labels", 2)
            .Replace(
                "'name':'api'",
                "'name':'api','ownerReferences':[{'apiVersion':'a/v1','kind':'B','name':'c','uid':'d','controller':true}]",
                StringComparison.Ordinal
            );
        var verdict = Judge.Verdict(
            owned,
            actor: new Actor(user, []),
            stage: Stage.Mutate,
            policy: Judge.Policy("destination-rule-outlier-detection", fix: true)
        );
        Assert.Equal(repaired, verdict.Patch.Count > 0);
    }

    [Fact]
    public void Settings_raise_and_lower_each_limit()
    {
        var settings = Read("{'steps': 3, 'routes': 4, 'listItems': 5, 'depth': 60}", out var errors);
        Assert.Empty(errors);
        Assert.Equal(new ObjectLimits(3, 4, 5, 60), settings!.Limits);
        Assert.Equal(Limits with { Steps = 7 }, Read("{'steps': 7}", out _)!.Limits);
        var cluster = Cluster.Empty.With(settings).With([GuardPolicy.Of(Profile.Baseline)]);
        Assert.Equal("limits", Assert.Single(Judge.Verdict(Object("steps", 4), cluster: cluster).Judgements).Rule);
        foreach (var wrong in (string[])["{'steps': 0}", "{'depth': 121}", "{'step': 5}", "[]", "{'routes': 'many'}"])
        {
            Assert.Null(Read(wrong, out errors));
            Assert.NotEmpty(errors);
        }
    }

    private static GuardSettings? Read(string limits, out IReadOnlyList<PolicyError> errors)
    {
        var named = $"'apiVersion': '{PolicyReader.ApiVersion}', 'kind': 'GuardSettings', 'metadata': {{'name': 'cluster'}}";
        return SettingsReader.Read(Judge.Json($"{{{named}, 'spec': {{'limits': {limits}}}}}"), out errors);
    }

    private static string Object(string what, int count)
    {
        string All(Func<int, string> make) => string.Join(',', Enumerable.Range(0, count).Select(make));
        var nested = string.Concat(Enumerable.Repeat("{'y':", Math.Max(0, count - 2))) + "1" + new string('}', Math.Max(0, count - 2));
        var (kind, spec) = what switch
        {
            "steps" => ("Rollout", $"'strategy':{{'canary':{{'steps':[{All(i => $"{{'setWeight':{i % 100}}}")}]}}}}"),
            "routes" => ("VirtualService", $"'hosts':['a'],'http':[{All(i => $"{{'name':'r{i}','route':[]}}")}]"),
            "hosts" => ("VirtualService", $"'hosts':[{All(i => $"'h{i}'")}]"),
            "labels" => ("DestinationRule", $"'host':'a','subsets':[{{'name':'v1','labels':{{{All(i => $"'l{i}':'x'")}}}}}]"),
            _ => ("DestinationRule", $"'host':'a','x':{nested}"),
        };
        var version = kind == "Rollout" ? "argoproj.io/v1alpha1" : "networking.istio.io/v1";
        return $"{{'apiVersion':'{version}','kind':'{kind}','metadata':{{'name':'api','namespace':'shop'}},'spec':{{{spec}}}}}";
    }
}
