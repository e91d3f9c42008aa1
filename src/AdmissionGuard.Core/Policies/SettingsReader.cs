using System.Globalization;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Policies;

/// <summary>Reads the GuardSettings, as strictly as a policy. A key that is absent keeps its default; a list that is given replaces it.</summary>
public sealed class SettingsReader
{
    private const string Kubernetes = "system:";

    private const string Admins = "system:masters";

    private static readonly string[] NobodysNames =
    [
        "system:anonymous",
        "system:authenticated",
        "system:unauthenticated",
        "system:masters",
        "system:nodes",
        "system:serviceaccounts",
        "system:serviceaccounts:",
    ];

    public const string Kind = "GuardSettings";
    public const string Plural = "guardsettings";

    /// <summary>There is only one, so that nobody wonders which holds.</summary>
    public const string Name = "cluster";

    private const int MostDays = 366;

    private readonly Node root;
    private readonly Form form;

    private SettingsReader(Node root, Patience? patience)
    {
        this.root = root;
        form = new Form(root, patience);
    }

    /// <summary>The settings, or null with the reasons why not.</summary>
    public static GuardSettings? Read(Node document, out IReadOnlyList<PolicyError> errors, Patience? patience = null)
    {
        var reader = new SettingsReader(document, patience);
        var settings = reader.Settings();
        errors = reader.form.Errors;
        return errors.Count == 0 ? settings : null;
    }

    private GuardSettings Settings()
    {
        var spec = form.Spec(
            "settings",
            $"the name is {Name}",
            "controllers",
            "gitops",
            "breakGlassGroups",
            "excludedNamespaces",
            "maxExceptionDays",
            "rememberShares",
            "limits",
            "clusterDomain",
            "rootNamespace",
            "mesh",
            "stableNames",
            "newNames"
        );
        if (form.Name is { Length: > 0 } name && name != Name)
            form.Refuse(root["metadata"u8]["name"u8], $"is {Shown.Word(name)}, there is only {Name}{Nearest.Hint(name, [Name])}");
        var standard = GuardSettings.Default;
        return standard with
        {
            Controllers = Accounts(spec["controllers"u8], standard.Controllers),
            GitOps = Accounts(spec["gitops"u8], standard.GitOps),
            BreakGlassGroups = Groups(spec["breakGlassGroups"u8], standard.BreakGlassGroups),
            ExcludedNamespaces = Exact(spec["excludedNamespaces"u8], standard.ExcludedNamespaces),
            MaxExceptionDays = Number(spec["maxExceptionDays"u8], standard.MaxExceptionDays, MostDays),
            RemembersShares = form.Flag(spec["rememberShares"u8], absent: false),
            Limits = Limits(form.Map(spec["limits"u8]), standard.Limits),
            ClusterDomain = DnsName(spec["clusterDomain"u8], standard.ClusterDomain),
            RootNamespace = DnsName(spec["mesh"u8]["rootNamespace"u8], DnsName(spec["rootNamespace"u8], standard.RootNamespace)),
            Mesh = Mesh(spec["mesh"u8]),
            StableNames = Words(spec["stableNames"u8], standard.StableNames),
            NewNames = Words(spec["newNames"u8], standard.NewNames),
        };
    }

    /// <summary>What is given here wins over Istio's ConfigMap; the two policies are kept as Istio writes them.</summary>
    private MeshConfig Mesh(Node mesh)
    {
        if (!mesh.Exists)
            return MeshConfig.Unknown;
        form.OnlyKeys(mesh, "mesh", "configMap", "version", "rootNamespace", "trustDomain", "defaultTrafficPolicy", "defaultHttpRetryPolicy");
        foreach (var policy in (Node[])[mesh["defaultTrafficPolicy"u8], mesh["defaultHttpRetryPolicy"u8]])
        {
            if (policy.Exists && !policy.IsObject)
                form.Refuse(policy, $"is {Shown.Value(policy)}, a map is expected, as in Istio's MeshConfig");
        }
        return MeshConfig.Of(mesh) with
        {
            ConfigMap = DnsName(mesh["configMap"u8], MeshConfig.UsualConfigMap),
            Version = Version(mesh["version"u8]),
            TrustDomain = mesh["trustDomain"u8].Exists ? DnsName(mesh["trustDomain"u8], "cluster.local") : null,
        };
    }

    private IstioVersion? Version(Node node)
    {
        if (!node.Exists)
            return null;
        if (node.Text is { } text && IstioVersion.Parse(text) is { } version)
            return version;
        form.Refuse(node, $"is {Shown.Value(node)}, a version such as \"1.31.0\" is expected, which must be quoted");
        return null;
    }

    private IReadOnlyList<string> Exact(Node list, IReadOnlyList<string> absent) => list.Exists ? form.ExactNames(list) : absent;

    /// <summary>Groups that Kubernetes fills by itself, with everybody or with no people; the one of cluster admins is somebody's choice.</summary>
    private IReadOnlyList<string> Groups(Node list, IReadOnlyList<string> absent)
    {
        foreach (var item in list.Items)
        {
            if (item.Text is { } group && group.StartsWith(Kubernetes, StringComparison.Ordinal) && group != Admins)
                form.Refuse(item, $"is {Shown.Word(group)}, a group that Kubernetes fills by itself: name one of people on call");
        }
        return Exact(list, absent);
    }

    /// <summary>Users that stand for nobody in particular, and names of groups.</summary>
    private IReadOnlyList<string> Accounts(Node list, IReadOnlyList<string> absent)
    {
        foreach (var item in list.Items)
        {
            if (item.Text is { } user && NobodysNames.Any(n => user == n || (n.EndsWith(':') && user.StartsWith(n, StringComparison.Ordinal))))
                form.Refuse(item, $"is {Shown.Word(user)}, which is not one account: name a user, such as system:serviceaccount:NAMESPACE:NAME");
        }
        return Exact(list, absent);
    }

    private ObjectLimits Limits(Node limits, ObjectLimits absent)
    {
        form.OnlyKeys(limits, "limits", "steps", "routes", "listItems", "depth");
        var most = ObjectLimits.Most;
        return new ObjectLimits(
            Number(limits["steps"u8], absent.Steps, most.Steps),
            Number(limits["routes"u8], absent.Routes, most.Routes),
            Number(limits["listItems"u8], absent.ListItems, most.ListItems),
            Number(limits["depth"u8], absent.Depth, most.Depth)
        );
    }

    private int Number(Node node, int absent, int most)
    {
        if (!node.Exists)
            return absent;
        if (new Reader().Integer(node) is not { } number)
            form.Refuse(node, $"is {Shown.Value(node)}, a whole number is expected");
        else if (number < 1 || number > most)
            form.Refuse(node, string.Create(CultureInfo.InvariantCulture, $"is {number}, 1 to {most} is allowed"));
        else
            return (int)number;
        return absent;
    }

    private string DnsName(Node node, string absent)
    {
        if (!node.Exists)
            return absent;
        if (node.Text is { Length: > 0 } text && text.Split('.').All(IsDnsLabel))
            return text;
        form.Refuse(node, $"is {Shown.Value(node)}, a name such as {absent} is expected");
        return absent;
    }

    /// <summary>
    /// Names are taken apart at <c>- _ .</c> before they are compared: a pattern with one of these would never fit, and one of stars alone always.
    /// </summary>
    private IReadOnlyList<string> Words(Node list, IReadOnlyList<string> absent)
    {
        if (!list.Exists)
            return absent;
        var words = form.Names(list);
        foreach (var item in list.Items)
        {
            if (item.Text is not { Length: > 0 } word)
                continue;
            if (word.AsSpan().IndexOfAny("-_.") >= 0)
                form.Refuse(item, $"is {Shown.Word(word)}; names are compared word by word, and a word has none of - _ .");
            else if (word.All(c => c == '*'))
                form.Refuse(item, $"is {Shown.Word(word)}, which fits every name");
        }
        return words;
    }

    private static bool IsDnsLabel(string text) =>
        text.Length is > 0 and <= 63
        && text[0] != '-'
        && text[^1] != '-'
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
