using System.CommandLine;
using AdmissionGuard.Core.Contract;
using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Files;
using AdmissionGuard.Manifests;
using AdmissionGuard.Policies;

namespace AdmissionGuard.Commands.Options;

/// <summary>
/// <c>--policy</c> and <c>--profile</c>, the same for every verb. Without a policy the profile baseline applies, in a cluster what is there alone;
/// with both, the profile is one more policy.
/// </summary>
internal sealed class PolicyOptions
{
    private readonly Option<string[]> policy = new("--policy")
    {
        Description = "file or folder with GuardPolicies, GuardExceptions and GuardSettings, instead of the profile (repeatable)",
        HelpName = "PATH",
    };
    private readonly Option<string?> profile = new("--profile") { Description = "built-in policy: baseline or strict", HelpName = "NAME" };

    public PolicyOptions() => profile.AcceptOnlyFromAmong("baseline", "strict");

    public void AddTo(Command command)
    {
        command.Add(policy);
        command.Add(profile);
    }

    public string[] Paths(ParseResult parsed) => parsed.GetValue(policy) ?? [];

    /// <summary>What can be read, and why the rest cannot.</summary>
    /// <param name="byCluster">The cluster has policies of its own: none is built in.</param>
    public PolicySet Read(ParseResult parsed, Terminal terminal, DateTimeOffset now, bool byCluster = false)
    {
        var paths = Paths(parsed);
        GuardPolicy[] builtIn = [];
        if (parsed.GetValue(profile) is { } name)
            builtIn = [GuardPolicy.Of(name == "strict" ? Profile.Strict : Profile.Baseline)];
        else if (paths.Length == 0 && !byCluster)
            builtIn = [GuardPolicy.Of(Profile.Baseline)];
        var set = PolicyFiles.Read(paths, builtIn, terminal.In, now);
        // exceptions and settings alone replace no policy: else who adds an exception would switch everything off
        return byCluster || set.Policies.Count > 0 || set.Errors.Count > 0 ? set : set.With([GuardPolicy.Of(Profile.Baseline)]);
    }

    /// <summary>What takes the place of a cluster's own policies; null where nothing was given.</summary>
    /// <exception cref="InputException">With every error.</exception>
    public PolicySet? Given(ParseResult parsed, Terminal terminal, DateTimeOffset now) =>
        Paths(parsed).Length == 0 && parsed.GetValue(profile) is null ? null : ReadAll(parsed, terminal, now, byCluster: true);

    /// <summary>For a verb that must not begin with half of its policies. Writes their notices.</summary>
    /// <exception cref="InputException">With every error.</exception>
    public PolicySet ReadAll(ParseResult parsed, Terminal terminal, DateTimeOffset now, bool byCluster = false) =>
        Told(Read(parsed, terminal, now, byCluster).OrThrow(), terminal);

    /// <summary>The same set; its notices are written.</summary>
    public static PolicySet Told(PolicySet set, Terminal terminal)
    {
        foreach (var notice in set.Notices)
            terminal.Error.WriteLine(Shown.Clean(notice.ToString()));
        return set;
    }

    /// <summary>As <see cref="ReadAll"/>, then following the files. Standard input is read once and followed by nothing.</summary>
    public LivePolicies Follow(ParseResult parsed, Terminal terminal, TimeProvider time, bool byCluster = false)
    {
        var paths = Paths(parsed);
        var isFollowed = !paths.Contains(ManifestFiles.StandardInput, StringComparer.Ordinal);
        var lookedLike = Look();
        var first = ReadAll(parsed, terminal, time.GetUtcNow(), byCluster);
        var source = new PolicySource
        {
            Look = Look,
            LookedLike = lookedLike,
            Read = () => Read(parsed, terminal, time.GetUtcNow(), byCluster),
        };
        return new LivePolicies(first, source, time, terminal.Error);

        string Look() => isFollowed ? Fingerprint.Of(paths) : "";
    }
}
