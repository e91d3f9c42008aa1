using System.Text;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Reference;
using AdmissionGuard.Core.Rules;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Tests.Deploy;

namespace AdmissionGuard.Tests.Reference;

/// <summary>What the API server is told to send.</summary>
public sealed class WebhooksTests
{
    public static TheoryData<string> Types => ["Validating", "Mutating"];

    [Theory]
    [MemberData(nameof(Types))]
    public void Exactly_the_kinds_and_verbs_that_a_rule_needs_are_sent(string type)
    {
        var rules = Catalogue.Rules;
        var expected = rules.SelectMany(r => r.Kinds).Distinct().Select(k => $"{k.Plural}.{k.Group} CREATE,UPDATE");
        var registered = Webhook(type)["rules"u8]
            .Nodes()
            .SelectMany(r => r["resources"u8].Texts().Select(p => $"{p}.{r.At("apiGroups/0").Text} {string.Join(',', r["operations"u8].Texts())}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), registered.Order(StringComparer.Ordinal));
        Assert.All(Webhook(type)["rules"u8].Nodes(), r => Assert.Equal((1, "*"), (r["apiGroups"u8].Count, r.At("apiVersions/0").Text)));
        var scopes = Webhook(type)["rules"u8].Nodes().SelectMany(r => r["resources"u8].Texts().Select(p => $"{p} {r["scope"u8].Text}"));
        Assert.Equal(
            rules
                .SelectMany(r => r.Kinds)
                .Distinct()
                .Select(k => $"{k.Plural} {(k.IsNamespaced ? "Namespaced" : "Cluster")}")
                .Order(StringComparer.Ordinal),
            scopes.Order(StringComparer.Ordinal)
        );
        Assert.DoesNotContain(Webhook(type)["rules"u8].Nodes().SelectMany(r => r["resources"u8].Texts()), r =>
            r.Contains('/', StringComparison.Ordinal) || r.Contains('*', StringComparison.Ordinal)
        );
    }

    /// <summary>
    /// What goes with its owner or namespace makes no call at all, and nobody waits for a server that is down to take something away.
    /// </summary>
    [Fact]
    public void Deletions_are_asked_about_apart_and_never_held_up()
    {
        var deletions = Configuration("Validating", GuardSettings.Default).At("webhooks/1");
        Assert.Equal(
            ("deletions.admissionguard.io", "Ignore", "/validate"),
            (deletions["name"u8].Text, deletions["failurePolicy"u8].Text, deletions.At("clientConfig/service/path").Text)
        );
        var protects = Catalogue.Rules.Where(r => r.OnDelete).SelectMany(r => r.Kinds).Distinct().Select(k => k.Plural);
        Assert.Equal(
            protects.Order(StringComparer.Ordinal),
            deletions["rules"u8].Nodes().SelectMany(r => r["resources"u8].Texts()).Order(StringComparer.Ordinal)
        );
        Assert.All(deletions["rules"u8].Nodes(), r => Assert.Equal(["DELETE"], r["operations"u8].Texts()));
        Assert.Contains(
            "'system:serviceaccount:kube-system:namespace-controller'",
            Assert.Single(deletions["matchConditions"u8].Nodes())["expression"u8].Text,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void A_webhook_never_holds_up_the_cluster(string type)
    {
        var webhook = Webhook(type);
        Assert.Equal(
            ("Ignore", type == "Mutating" ? "None" : "NoneOnDryRun", "Equivalent"),
            (webhook["failurePolicy"u8].Text, webhook["sideEffects"u8].Text, webhook["matchPolicy"u8].Text)
        );
        Assert.InRange(webhook["timeoutSeconds"u8].Element().GetInt32(), 1, 5);
        Assert.False(webhook["clientConfig"u8]["caBundle"u8].Exists, "the server puts it in, and nothing is blocked before");
        Assert.Equal(type == "Mutating" ? "IfNeeded" : null, webhook["reinvocationPolicy"u8].Text);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Controllers_and_excluded_namespaces_are_those_of_the_settings(string type)
    {
        var settings = GuardSettings.Default with { Controllers = ["system:serviceaccount:a:b", "it's"], ExcludedNamespaces = ["one"] };
        var webhook = Webhook(type, settings);
        Assert.Equal("!(request.userInfo.username in ['system:serviceaccount:a:b', 'it\\'s'])", webhook.At("matchConditions/0/expression").Text);
        Assert.Equal(["one"], webhook.At("namespaceSelector/matchExpressions/0/values").Texts());

        var nobody = Webhook(type, GuardSettings.Default with { Controllers = [], ExcludedNamespaces = [] });
        Assert.Equal(["not-only-going", "services-by-selector"], nobody["matchConditions"u8].Nodes().Select(c => c["name"u8].Text));
        Assert.False(nobody["namespaceSelector"u8].Exists);
    }

    /// <summary>A name from a settings file must not become a second condition, nor a second line of the manifest.</summary>
    [Fact]
    public void A_name_of_the_settings_stays_one_text_whatever_stands_in_it()
    {
        const string Name = "a' || true || '\\\"\n  failurePolicy: Fail";
        var webhook = Webhook("Validating", GuardSettings.Default with { Controllers = [Name], ExcludedNamespaces = [Name] });
        Assert.Equal(
            "!(request.userInfo.username == 'a\\' || true || \\'\\\\\\\"\\n  failurePolicy: Fail')",
            webhook.At("matchConditions/0/expression").Text
        );
        Assert.Equal([Name], webhook.At("namespaceSelector/matchExpressions/0/values").Texts());
        Assert.Equal("Ignore", webhook["failurePolicy"u8].Text);
    }

    private static Node Webhook(string type, GuardSettings? settings = null) =>
        Configuration(type, settings ?? GuardSettings.Default).At("webhooks/0");

    private static Node Configuration(string type, GuardSettings settings) =>
        Manifest.Parse("webhooks.yaml", Encoding.UTF8.GetBytes(Webhooks.Yaml(settings))).One(type + "WebhookConfiguration");
}
