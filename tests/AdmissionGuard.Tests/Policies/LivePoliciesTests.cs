using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Files;
using AdmissionGuard.Policies;
using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Server;
using static AdmissionGuard.Tests.Server.RunningServer;

namespace AdmissionGuard.Tests.Policies;

/// <summary>Policy files that change under a running server. Time passes when the test says so: a look a tick.</summary>
public sealed partial class LivePoliciesTests : IDisposable
{
    private const string Rule = "destination-rule-outlier-detection";

    private readonly string folder = Directory.CreateTempSubdirectory("admissionguard").FullName;
    private readonly StringWriter log = new() { NewLine = "\n" };
    private readonly FakeTime time = new();

    private string File => Path.Combine(folder, "policy.yaml");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_change_is_in_force_when_it_looked_alike_twice()
    {
        await using var live = Start();
        Write("warn");
        live.Look();
        Assert.Equal("deny", Action(live));
        live.Look();
        Assert.Equal("warn", Action(live));
        Assert.Equal("policies read again: test\n", log.ToString());
    }

    [Fact]
    public async Task What_is_still_being_written_is_not_read()
    {
        await using var live = Start();
        foreach (var action in (string[])["warn", "audit", "warn", "audit"])
        {
            Write(action);
            live.Look();
            Assert.Equal("deny", Action(live));
        }
        live.Look();
        Assert.Equal("audit", Action(live));
    }

    [Fact]
    public async Task A_broken_set_changes_nothing_is_told_once_and_is_mended()
    {
        await using var live = Start();
        var first = live.Cluster;
        Write("block");
        for (var i = 0; i < 5; i++)
            live.Look();
        Assert.Same(first, live.Cluster);
        Assert.Equal(
            $"{File}:7:48: spec.rules[0].action: is \"block\"; valid are deny, warn, audit, off\npolicies refused, the last good ones stay "
                + $"in force\n",
            log.ToString()
        );
        Assert.Single(live.Status.Refused);

        Write("warn");
        Settle(live);
        Assert.Equal("warn", Action(live));
        Assert.Empty(live.Status.Refused);
    }

    [Fact]
    public async Task A_set_that_goes_back_to_what_is_in_force_is_no_longer_refused()
    {
        await using var live = Start();
        Write("block");
        Settle(live);
        Write("deny");
        Settle(live);
        Assert.Empty(live.Status.Refused);
        Assert.Equal("deny", Action(live));
    }

    [Fact]
    public async Task Files_that_are_gone_leave_the_last_good_policies_in_force()
    {
        await using var live = Start();
        System.IO.File.Delete(File);
        Settle(live);
        Assert.Equal("deny", Action(live));
        Assert.Contains("does not exist", log.ToString(), StringComparison.Ordinal);
        Write("warn");
        Settle(live);
        Assert.Equal("warn", Action(live));
    }

    [Fact]
    public async Task In_a_folder_files_come_and_go()
    {
        await using var live = Start(of: folder);
        await System.IO.File.WriteAllTextAsync(Path.Combine(folder, "b.yaml"), Text("warn", "other"), Stop);
        Settle(live);
        Assert.Equal(["other", "test"], live.Cluster.Policies.Select(p => p.Name));
        System.IO.File.Delete(File);
        Settle(live);
        Assert.Equal(["other"], live.Cluster.Policies.Select(p => p.Name));
    }

    /// <summary>As the kubelet does it: the files are links through a link to a folder, and only that link changes.</summary>
    [Fact]
    public async Task A_mounted_ConfigMap_whose_link_is_swapped_is_read_again()
    {
        foreach (var (version, action) in new[] { ("..1", "deny"), ("..2", "warn") })
        {
            Directory.CreateDirectory(Path.Combine(folder, version));
            await System.IO.File.WriteAllTextAsync(Path.Combine(folder, version, "policy.yaml"), Text(action), Stop);
        }
        Directory.CreateSymbolicLink(Path.Combine(folder, "..data"), "..1");
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "policy.yaml"));
        await using var live = Start(write: false, of: folder);
        Assert.Equal("deny", Action(live));
        Directory.Delete(Path.Combine(folder, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "..data"), "..2");
        Settle(live);
        Assert.Equal("warn", Action(live));
    }

    [Fact]
    public async Task What_was_refused_for_its_length_comes_into_force_when_it_is_short_enough()
    {
        var now = Judge.Now;
        await using var live = Start(clock: () => now);
        var exception =
            $"---\napiVersion: admissionguard.io/v1alpha1\nkind: GuardException\nmetadata: {{name: long}}\nspec:\n  rules: [{Rule}]\n  match: "
            + $"{{kinds: [DestinationRule], namespaces: [shop], names: [api]}}\n"
            + "  owner: team\n  reason: until the migration\n  expires: \"2027-02-20T00:00:00Z\"\n";
        await System.IO.File.WriteAllTextAsync(File, Text("warn") + exception, Stop);
        Settle(live);
        Assert.Single(live.Status.Refused);
        now = now.AddDays(2);
        live.Look();
        Assert.Empty(live.Status.Refused);
        Assert.Single(live.Status.Set.Exceptions);
    }

    private static void Settle(LivePolicies live)
    {
        live.Look();
        live.Look();
    }

    private static string Action(LivePolicies live) => Core.Terms.Words.Of(Assert.Single(Assert.Single(live.Cluster.Policies).Rules).Action);

    private static string Text(string action, string name = "test") =>
        $"apiVersion: admissionguard.io/v1alpha1\nkind: GuardPolicy\nmetadata:\n  name: {name}\nspec:\n  rules:\n  - {{rule: {Rule}, action: "
        + $"{action}}}\n";

    private void Write(string action) => System.IO.File.WriteAllText(File, Text(action));

    private PolicySet Read(string? of = null, DateTimeOffset? now = null) => PolicyFiles.Read([of ?? File], [], Stream.Null, now ?? Judge.Now);

    /// <summary>Its own timer never rings: the test looks.</summary>
    private LivePolicies Start(bool write = true, string? of = null, Func<DateTimeOffset>? clock = null)
    {
        if (write)
            Write("deny");
        else
            Assert.True(System.IO.File.Exists(File));
        return new LivePolicies(
            Read(of),
            new PolicySource
            {
                Look = () => Fingerprint.Of([of ?? File]),
                LookedLike = Fingerprint.Of([of ?? File]),
                Read = () => Read(of, clock?.Invoke()),
            },
            time,
            log
        );
    }
}
