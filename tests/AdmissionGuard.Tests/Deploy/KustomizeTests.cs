using System.Text.RegularExpressions;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Manifests;

namespace AdmissionGuard.Tests.Deploy;

/// <summary>What <c>kubectl apply -k</c> would send, looked at without a cluster.</summary>
public sealed class KustomizeTests
{
    public static TheoryData<string> Roots => [.. Manifest.Roots];

    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Manifest.Folder, "*.yaml", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(Manifest.Folder, f))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_yaml_to_our_own_reader(string file) => Manifest.Read(file);

    [Fact]
    public void There_is_an_overlay_for_each_component_and_each_renders()
    {
        var components = Directory
            .EnumerateDirectories(Path.Combine(Manifest.Folder, "components"))
            .Select(d => "overlays/" + Path.GetFileName(d))
            .Order(StringComparer.Ordinal);
        Assert.Equal(["base", .. components], Manifest.Roots);
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void Every_container_is_restricted(string root)
    {
        var pod = Manifest.Render(root).One("Deployment").At("spec/template/spec");
        foreach (var key in (string[])["hostNetwork", "hostPID", "hostIPC"])
            Assert.False(pod[key].Exists, key);
        Assert.True(pod["securityContext"u8]["runAsNonRoot"u8].Element().GetBoolean());
        Assert.Equal("RuntimeDefault", pod.At("securityContext/seccompProfile/type").Text);
        Assert.All(pod["volumes"u8].Nodes(), v => Assert.True(v["emptyDir"u8].Exists || v["secret"u8].Exists));
        foreach (var container in pod["containers"u8].Nodes().Concat(pod["initContainers"u8].Nodes()))
        {
            var context = container["securityContext"u8];
            Assert.False(context["allowPrivilegeEscalation"u8].Element().GetBoolean());
            Assert.True(context["readOnlyRootFilesystem"u8].Element().GetBoolean());
            Assert.True(context["runAsNonRoot"u8].Element().GetBoolean());
            Assert.Equal(["ALL"], context.At("capabilities/drop").Texts());
            Assert.Equal("RuntimeDefault", context.At("seccompProfile/type").Text);
            Assert.False(context["privileged"u8].Exists || context.At("capabilities/add").Exists);
            Assert.True(
                container.At("resources/requests/cpu").Exists
                    && container.At("resources/requests/memory").Exists
                    && container.At("resources/limits/memory").Exists
            );
            Assert.False(container.At("resources/limits/cpu").Exists, "a throttled webhook is a slow API server");
        }
        var space = Manifest.Render(root).One("Namespace").At("metadata/labels");
        foreach (var level in (string[])["enforce", "audit", "warn"])
            Assert.Equal("restricted", space["pod-security.kubernetes.io/" + level].Text);
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void A_replica_has_time_to_drain_and_is_found_by_what_selects_it(string root)
    {
        var documents = Manifest.Render(root);
        var deployment = documents.One("Deployment");
        var pod = deployment.At("spec/template/spec");
        var args = pod.At("containers/0/args").Texts();
        var drain = int.Parse(args[Array.IndexOf(args, "--drain") + 1], System.Globalization.CultureInfo.InvariantCulture);
        var sleep = pod.At("containers/0/lifecycle/preStop/sleep/seconds").Element().GetInt32();
        Assert.True(pod["terminationGracePeriodSeconds"u8].Element().GetInt32() > sleep + drain + 10, "what is under way may take 10 s");
        var labels = deployment.At("spec/template/metadata/labels");
        foreach (
            var selector in (Node[])
                [
                    deployment.At("spec/selector/matchLabels"),
                    documents.One("Service").At("spec/selector"),
                    documents.One("PodDisruptionBudget").At("spec/selector/matchLabels"),
                    documents.One("NetworkPolicy").At("spec/podSelector/matchLabels"),
                ]
        )
        {
            Assert.NotEmpty(selector.Entries);
            Assert.All(selector.Entries, e => Assert.Equal(e.Value.Text, labels[e.Name].Text));
        }
    }

    /// <summary>What the server makes would outlive the manifests; what has a finalizer would outlive the server.</summary>
    [Theory]
    [MemberData(nameof(Roots))]
    public void Deleting_the_manifests_leaves_nothing_behind(string root)
    {
        var documents = Manifest.Render(root);
        Assert.All(documents, d => Assert.False(d.Root.At("metadata/finalizers").Exists || d.Root.At("metadata/ownerReferences").Exists));
        Assert.All(documents, d => Assert.True(d.Namespace is null or "" or Labels.Name, $"{d.Kind} {d.Name}"));
        // the namespace is among the manifests, and a Lease in it goes with it
        Assert.Contains(documents, d => d.Kind == "Namespace" && d.Name == Labels.Name);
        // reports lie in the users' namespaces: the off switch, or the last line of the uninstall, removes them; Events end by themselves
        var making = Rules(documents)
            .Where(r =>
                r["verbs"u8].Texts().Intersect(["create", "delete", "deletecollection", "*"]).Any()
                && !r["resources"u8].Texts().All(x => x == "events" || x.EndsWith("reports", StringComparison.Ordinal))
            );
        Assert.Equal(
            "create leases; create subjectaccessreviews",
            string.Join("; ", making.Select(r => $"{string.Join(' ', r["verbs"u8].Texts())} {string.Join(' ', r["resources"u8].Texts())}"))
        );
        foreach (
            var rule in Rules(documents)
                .Where(r => r["resources"u8].Texts() is ["secrets"] or ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"])
        )
        {
            foreach (var resource in rule["resources"u8].Texts())
                Assert.Contains(documents, d => d.Name == rule.At("resourceNames/0").Text && d.Kind!.ToLowerInvariant() + "s" == resource);
        }
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void The_policies_and_settings_that_are_installed_are_accepted(string root)
    {
        var policy = PolicyReader.Read(Manifest.Render(root).One("GuardPolicy", "baseline"), out var errors);
        Assert.Empty(errors);
        Assert.Equal(root == "overlays/observe" ? PolicyMode.Warn : PolicyMode.Enforce, policy!.Mode);
        Assert.Equal(GuardPolicy.Of(Core.Contract.Profile.Baseline).Rules.Select(r => r.ToString()), policy.Rules.Select(r => r.ToString()));
        var settings = Manifest.Render(root).One("GuardSettings", "cluster")["spec"u8];
        Assert.Equal(GuardSettings.Default.ExcludedNamespaces, settings["excludedNamespaces"u8].Texts());
        Assert.Equal(GuardSettings.Default.Controllers, settings["controllers"u8].Texts());
    }

    [Theory]
    [MemberData(nameof(Roots))]
    public void What_is_installed_says_its_version_and_runs_as_the_user_of_the_image(string root)
    {
        var version = Regex
            .Match(
                File.ReadAllText(Path.Combine(Repository.Root, "Directory.Build.props")),
                "<Version>(?<v>[^<]+)</Version>",
                RegexOptions.None,
                TimeSpan.FromSeconds(1)
            )
            .Groups["v"]
            .Value;
        var deployment = Manifest.Render(root).One("Deployment");
        Assert.Equal(version, deployment.At("metadata/labels")["app.kubernetes.io/version"].Text);
        Assert.Equal(version, deployment.At("spec/template/metadata/labels")["app.kubernetes.io/version"].Text);
        var user = deployment.At("spec/template/spec/securityContext/runAsUser").ToString();
        Assert.Contains($"\nUSER {user}:{user}\n", File.ReadAllText(Path.Combine(Manifest.Folder, "Dockerfile")), StringComparison.Ordinal);
    }

    [Fact]
    public void Only_fail_closed_fails_closed_and_only_for_what_validates()
    {
        foreach (var root in Manifest.Roots)
        {
            var documents = Manifest.Render(root);
            Assert.Equal("Ignore", documents.One("MutatingWebhookConfiguration").At("webhooks/0/failurePolicy").Text);
            Assert.Equal(
                root == "overlays/fail-closed" ? "Fail" : "Ignore",
                documents.One("ValidatingWebhookConfiguration").At("webhooks/0/failurePolicy").Text
            );
        }
    }

    [Fact]
    public void The_base_writes_reports_and_only_the_overlay_of_that_name_Events()
    {
        foreach (var root in Manifest.Roots)
        {
            var documents = Manifest.Render(root);
            var args = documents.One("Deployment").At("spec/template/spec/containers/0/args").Texts();
            Assert.Equal("auto", args[Array.IndexOf(args, "--reports") + 1]);
            Assert.Equal(root == "overlays/events", args.Contains("--events"));
            Assert.Equal(root == "overlays/events", Rules(documents).Any(r => r["resources"u8].Texts().Contains("events")));
        }
    }

    [Fact]
    public void With_cert_manager_the_server_keeps_nothing_but_its_tokens()
    {
        var documents = Manifest.Render("overlays/cert-manager");
        Assert.Equal("admissionguard-certificates", Assert.Single(documents, d => d.Kind == "Secret").Name);
        var certificate = documents.One("Certificate").At("spec");
        var pod = documents.One("Deployment").At("spec/template/spec");
        Assert.Contains(pod["volumes"u8].Nodes(), v => v.At("secret/secretName").Text == certificate["secretName"u8].Text);
        Assert.Contains("--cert-dir", pod.At("containers/0/args").Texts());
        Assert.Contains("admissionguard.admissionguard.svc", certificate["dnsNames"u8].Texts());
        foreach (var kind in (string[])["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
        {
            Assert.Equal("admissionguard/admissionguard", documents.One(kind).At("metadata/annotations")["cert-manager.io/inject-ca-from"].Text);
        }
    }

    /// <summary>An apply would reset a path that it names, and a GitOps tool would show what the server wrote.</summary>
    [Theory]
    [MemberData(nameof(Roots))]
    public void No_manifest_names_what_the_server_writes_into_its_webhooks(string root)
    {
        foreach (var kind in (string[])["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"])
        {
            foreach (var webhook in Manifest.Render(root).One(kind)["webhooks"u8].Nodes())
                Assert.False(webhook.At("clientConfig/service/path").Exists || webhook.At("clientConfig/caBundle").Exists, webhook["name"u8].Text);
        }
    }

    [Fact]
    public void High_availability_is_three_replicas_on_three_nodes()
    {
        var documents = Manifest.Render("overlays/high-availability");
        var deployment = documents.One("Deployment")["spec"u8];
        Assert.Equal(3, deployment["replicas"u8].Element().GetInt32());
        Assert.Contains(deployment.At("template/spec/topologySpreadConstraints").Nodes(), c =>
            c["topologyKey"u8].Text == "kubernetes.io/hostname" && c["whenUnsatisfiable"u8].Text == "DoNotSchedule"
        );
        Assert.Equal(1, documents.One("PodDisruptionBudget").At("spec/maxUnavailable").Element().GetInt32());
        Assert.Equal(documents.One("PriorityClass").At("metadata/name").Text, deployment.At("template/spec/priorityClassName").Text);
    }

    private static IEnumerable<Node> Rules(IReadOnlyList<Document> documents) =>
        documents.Where(d => d.Kind is "Role" or "ClusterRole").SelectMany(d => d.Root["rules"u8].Nodes());
}
