using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Tests.Oracles;

namespace AdmissionGuard.Cluster;

/// <summary>
/// What Argo Rollouts, Flagger and people asked a real API server for (tests/oracle/live), asked again of this one in the same order, with the server
/// at work: controllers are never refused, and people exactly where users would be hurt.
/// </summary>
public sealed partial class LiveReplayTests(TestCluster cluster) : IAsyncLifetime
{
    /// <summary>Accounts that may do all, as they might in the recorded cluster.</summary>
    private static readonly string[] Admins =
    [
        "alice",
        "admin",
        "system:serviceaccount:argocd:argocd-application-controller",
        "system:serviceaccount:flagger-system:flagger",
        "system:serviceaccount:istio-system:flagger",
        "system:serviceaccount:kube-system:generic-garbage-collector",
        "system:serviceaccount:kube-system:namespace-controller",
    ];

    private static readonly string[] People = Admins[..3];

    /// <summary>None was recorded: those that the scenarios use.</summary>
    private static readonly string[] Services = ["shop", "shop-stable", "shop-canary", "shop-primary"];

    /// <summary>A creation is judged by what is there, which the records alone do not tell.</summary>
    private static readonly HashSet<string> Creations = new(StringComparer.Ordinal)
    {
        // a second Rollout that writes the same route
        "vs-one-route-other-off Create Rollout: route-sole-writer",
        "vs-one-route-other-other Create Rollout: route-sole-writer",
        // strict demands an analysis
        "legacy-unsafe-off Create Rollout: rollout-analysis",
        "legacy-unsafe-other Create Rollout: rollout-analysis",
        // weights of an experiment on pods without a container port: an empty host for ever
        "experiment-no-ports-off Create Rollout: rollout-experiments",
    };

    /// <summary>Refused where the records are judged alone; here the other webhook has put the default in before.</summary>
    private static readonly HashSet<string> Repaired = new(StringComparer.Ordinal)
    {
        "human-side-doors-off Update DestinationRule: destination-rule-outlier-detection",
        "human-side-doors-baseline Update DestinationRule: destination-rule-outlier-detection",
    };

    private static readonly HashSet<string> Changes = LiveRefusals.Refused.Except(Repaired).ToHashSet(StringComparer.Ordinal);

    private GuardServer? guard;
    private RawApi? api;

    public async ValueTask InitializeAsync()
    {
        await cluster.ServePolicies("guardpolicies");
        guard = await GuardServer.Start(cluster.Kubectl, "--kubeconfig", cluster.Kubeconfig);
        api = cluster.ConnectRaw();
        var users = string.Join(' ', Admins.Select(u => $"--user={u}"));
        (await cluster.Kubectl.Run($"create clusterrolebinding live-replay --clusterrole=cluster-admin {users}")).Passed();
        (await cluster.Kubectl.Apply(UnlistedArgo)).Passed();
        (await cluster.Kubectl.As(TestCluster.Human).Apply(Policy())).Passed();
    }

    public async ValueTask DisposeAsync()
    {
        await cluster.Kubectl.Run("delete guardpolicies --all");
        await cluster.Kubectl.Run("delete clusterrolebinding live-replay live-replay-argo --ignore-not-found");
        await cluster.Kubectl.Run("delete clusterrole live-replay-argo --ignore-not-found");
        api?.Dispose();
        if (guard is not null)
            await guard.DisposeAsync();
    }

    [Fact]
    public async Task Recorded_requests_in_their_order_are_answered_as_they_hurt_users()
    {
        await guard!.UntilAllKnown();
        var (asked, refused) = (0, new SortedSet<string>(StringComparer.Ordinal));
        foreach (var scenario in RecordedRequest.Read().Where(r => r.IsOfWholeObject && r.Scenario != "oracle").GroupBy(r => r.Scenario))
        {
            await Create("/api/v1/namespaces", $$"""{"metadata":{"name":"{{scenario.Key}}"} }""");
            foreach (var name in Services)
                await Create($"/api/v1/namespaces/{scenario.Key}/services", Service(name));
            // what nobody created in it stood there before
            foreach (var first in scenario.DistinctBy(r => (r.Path, r.Name)).Where(r => r.Operation != "CREATE"))
                await Prepare(first);
            foreach (var record in scenario)
            {
                asked++;
                var line = $"{record.Scenario} {Capital(record.Operation)} {record.Kind}: ";
                var expected = Expected(record).SingleOrDefault(r => r.StartsWith(line, StringComparison.Ordinal));
                if (await Ask(record, line, expected) is { } refusal)
                    refused.Add(refusal);
            }
            await api!.Send(HttpMethod.Delete, $"/api/v1/namespaces/{scenario.Key}", TestCluster.Controller);
            // no namespace controller runs here, and the next scenario has the same host at the same gateway
            await api.Send(HttpMethod.Delete, $"/apis/networking.istio.io/v1/namespaces/{scenario.Key}/virtualservices", TestCluster.Controller);
        }
        Assert.True(asked > 600, $"only {asked} requests were made");
        Assert.Equal(Changes.Concat(Creations).Order(StringComparer.Ordinal), refused);
    }

    /// <summary>What is refused of people's requests of this kind.</summary>
    private static HashSet<string> Expected(RecordedRequest record)
    {
        if (!People.Contains(record.User, StringComparer.Ordinal))
            return [];
        return record.Operation == "CREATE" ? Creations : Changes;
    }

    /// <summary>The world comes to the server by watches, so the answer counts that it gives in the end.</summary>
    private async Task<string?> Ask(RecordedRequest record, string line, string? expected)
    {
        await Prepare(record);
        string? answer = null;
        await Waiting.Until(
            async () =>
            {
                var (status, body) = await Request(record, dryRun: true);
                answer = null;
                if (Denied().IsMatch(body))
                    answer =
                        line
                        + string.Join(
                            ' ',
                            Rule()
                                .Matches(body.Replace("\\n", "\n", StringComparison.Ordinal))
                                .Select(m => m.Groups["rule"].Value)
                                .Distinct()
                                .Order(StringComparer.Ordinal)
                        );
                else if ((int)status >= 400)
                    Assert.Fail($"{line}{status} {body}");
                return answer == expected;
            },
            () => $"{line}answered {answer ?? "yes"}, expected {expected ?? "yes"}"
        );
        if (answer is null)
            await Request(record, dryRun: false);
        return answer;
    }

    /// <summary>What stood there when it was asked: the records leave out writes that were like one before.</summary>
    private async Task Prepare(RecordedRequest record)
    {
        if (record.Operation == "CREATE")
            await api!.Send(HttpMethod.Delete, $"{record.Path}/{record.Name}", TestCluster.Controller);
        else
            await Store(record, record.OldObject!, TestCluster.Controller, "");
    }

    private Task<(HttpStatusCode, string)> Request(RecordedRequest record, bool dryRun)
    {
        var query = dryRun ? "?dryRun=All" : "";
        return record.Operation switch
        {
            "CREATE" or "UPDATE" => Store(record, record.Object!, record.User, query),
            _ => api!.Send(HttpMethod.Delete, $"{record.Path}/{record.Name}{query}", record.User),
        };
    }

    private async Task<(HttpStatusCode, string)> Store(RecordedRequest record, JsonNode root, string user, string query)
    {
        var path = $"{record.Path}/{record.Name}";
        var (found, stored) = await api!.Send(HttpMethod.Get, path, TestCluster.Controller);
        var exists = found != HttpStatusCode.NotFound;
        var answer = exists
            ? await api.Send(HttpMethod.Put, path + query, user, WithVersion(root, stored))
            : await api.Send(HttpMethod.Post, record.Path + query, user, root.ToJsonString());
        // how a release stands is written apart, by its controller
        if (query.Length == 0 && root["status"] is not null && answer.Status is HttpStatusCode.OK or HttpStatusCode.Created)
            await api.Send(HttpMethod.Put, path + "/status", TestCluster.Controller, WithVersion(root, answer.Body));
        return answer;
    }

    private static string WithVersion(JsonNode root, string stored)
    {
        var wanted = root.DeepClone();
        wanted["metadata"]!["resourceVersion"] = (string)JsonNode.Parse(stored)!["metadata"]!["resourceVersion"]!;
        return wanted.ToJsonString();
    }

    private static string Capital(string operation) => operation[0] + operation[1..].ToLowerInvariant();

    /// <summary>Strict, with every repair, as when it was recorded.</summary>
    private static string Policy()
    {
        var repairs = Catalogue
            .Rules.Where(r => r.Fixable && r.In(Profile.Strict).Action != GuardAction.Off)
            .Select(r => $"{{rule: {r.Id}, action: {Words.Of(r.In(Profile.Strict).Action)}, fix: true}}");
        return "{apiVersion: admissionguard.io/v1alpha1, kind: GuardPolicy, metadata: {name: all}, spec: {profile: strict, rules: ["
            + string.Join(", ", repairs)
            + "]}}";
    }

    private async Task Create(string path, string body)
    {
        var (status, answer) = await api!.Send(HttpMethod.Post, path, TestCluster.Controller, body);
        Assert.True(status == HttpStatusCode.Created, answer);
    }

    private static string Service(string name) =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"clusterIP":"None","ports":[{"port":80}],"selector":{"app":"shop"} } }""";

    /// <summary>What the controller's own ClusterRole lets it write.</summary>
    private const string UnlistedArgo = """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: live-replay-argo}
        rules:
        - {apiGroups: [argoproj.io], resources: [rollouts, rollouts/finalizers, analysistemplates, experiments], verbs: ["*"]}
        - {apiGroups: [apps], resources: [replicasets, deployments], verbs: ["*"]}
        - {apiGroups: [networking.istio.io], resources: [virtualservices, destinationrules], verbs: ["*"]}
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: live-replay-argo}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: live-replay-argo}
        subjects: [{kind: ServiceAccount, name: argo-rollouts, namespace: rollouts-system}]
        """;

    [GeneratedRegex("denied the request", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Denied();

    [GeneratedRegex("^  (?<rule>[a-z]+(-[a-z]+)+)  ", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rule();
}
