using AdmissionGuard.Core.Evaluation;
using AdmissionGuard.Core.Policies;
using AdmissionGuard.Kubernetes;
using AdmissionGuard.Live;
using AdmissionGuard.Policies;
using AdmissionGuard.Tests.Kubernetes;
using AdmissionGuard.Tests.Server;

namespace AdmissionGuard.Tests.Live;

/// <summary>A live view of a fake API server.</summary>
internal sealed class Following : IAsyncDisposable
{
    public const string PoliciesPath = "apis/admissionguard.io/v1alpha1/guardpolicies";
    public const string ExceptionsPath = "apis/admissionguard.io/v1alpha1/guardexceptions";
    public const string SettingsPath = "apis/admissionguard.io/v1alpha1/guardsettings";
    public const string NamespacesPath = "api/v1/namespaces";
    public const string RolloutsPath = "apis/argoproj.io/v1alpha1/rollouts";
    public const string VirtualServicesPath = "apis/networking.istio.io/v1/virtualservices";

    public static readonly string[] All = [PoliciesPath, ExceptionsPath, SettingsPath, NamespacesPath, RolloutsPath, VirtualServicesPath];

    private readonly ApiServer api;
    private readonly LivePolicies files;

    private Following(FakeApi server, PolicySet set, bool isAudited = false)
    {
        Server = server;
        var time = new SteadyTime();
        api = new ApiServer(server.Connection(), time) { LookAgain = TimeSpan.FromMilliseconds(10) };
        files = new LivePolicies(
            set,
            new PolicySource
            {
                Look = () => "",
                LookedLike = "",
                Read = () => set,
            },
            new FakeTime(),
            TextWriter.Null
        );
        var options = new LiveOptions
        {
            Time = time,
            Log = Log,
            IsAudited = isAudited,
        };
        Live = new LiveCluster(api, files, options);
    }

    public FakeApi Server { get; }

    public LiveCluster Live { get; }

    public StringWriter Log { get; } = new();

    public static Following Of(FakeApi server, params GuardPolicy[] files) => new(server, new PolicySet(files, [], settings: null, []));

    public static Following Audited(FakeApi server) => new(server, new PolicySet([], [], settings: null, []), isAudited: true);

    /// <summary>Of a server that serves everything and has this policy; ready.</summary>
    public static async Task<Following> Begin(string? policy = null)
    {
        var server = await FakeApi.Serving(All);
        if (policy is not null)
            server.Put(PoliciesPath, policy);
        var following = Of(server);
        await following.Until(live => live.State.IsReady);
        return following;
    }

    /// <summary>As soon as a snapshot shows it.</summary>
    public async Task Until(Func<LiveCluster, bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Live.Swapped += Look;
        Look(null, EventArgs.Empty);
        try
        {
            await met.Task.WaitAsync(TimeSpan.FromSeconds(20), RunningServer.Stop);
        }
        finally
        {
            Live.Swapped -= Look;
        }

        void Look(object? sender, EventArgs e)
        {
            if (condition(Live))
                met.TrySetResult();
        }
    }

    public Task UntilInForce(params string[] names) => Until(live => names.SequenceEqual(live.Cluster.Policies.Select(p => p.Name)));

    public Verdict Verdict(string json, string? old = null) => Evaluator.Evaluate(Judge.Review(json, old), Live.Cluster);

    public static string Policy(string name, string spec) =>
        $"{{'apiVersion':'admissionguard.io/v1alpha1','kind':'GuardPolicy','metadata':{{'name':'{name}'}},'spec':{spec}}}";

    public static string Alone(string rule, string more = "") => $"{{'rules':[{{'rule':'{rule}','action':'deny'{more}}}]}}";

    public async ValueTask DisposeAsync()
    {
        await Live.DisposeAsync();
        await files.DisposeAsync();
        api.Dispose();
        await Server.DisposeAsync();
        await Log.DisposeAsync();
    }
}
