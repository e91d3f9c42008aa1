using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Reports;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Tests.Reports;

/// <summary>
/// The background audit judges as the account that syncs here, as check does: a policy that leaves it out is not about what it writes.
/// </summary>
public sealed class SyncingAccountTests
{
    private static readonly ObjectKey Api = new(ObjectKind.DestinationRule, "shop", "api");

    [Fact]
    public void It_is_the_first_that_the_settings_name()
    {
        var match = new Match { ExcludeUsers = ["flux"] };
        var policy = new GuardPolicy("p", [RuleSetting.Of(Catalogue.Find("destination-rule-outlier-detection")!, Profile.Baseline)], match);
        var root = Judge.Json("{'apiVersion':'networking.istio.io/v1','kind':'DestinationRule','spec':{'host':'api.shop.svc.cluster.local'}}");
        var cluster = Cluster.Live.With([policy]).With(Api, root);
        Assert.NotEmpty(Found(cluster));
        Assert.NotEmpty(Found(cluster.With(GuardSettings.Default with { GitOps = ["argo", "flux"] })));
        Assert.Empty(Found(cluster.With(GuardSettings.Default with { GitOps = ["flux", "argo"] })));
    }

    private static List<AuditResult> Found(Cluster cluster)
    {
        var audit = new Audit();
        audit.Take(cluster, null, []);
        audit.Judge(10, Judge.Now, new HashSet<string>());
        return [.. audit.ResultsIn("shop")];
    }
}
