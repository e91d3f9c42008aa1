using System.CommandLine;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Commands.Options;

/// <summary>As <see cref="ClusterOptions"/>, for a verb that asks one cluster or several, and always at least one.</summary>
internal sealed class ClustersOptions
{
    private readonly Option<bool> inCluster = new("--in-cluster") { Description = "the cluster that this pod runs in, by its own account" };
    private readonly Option<string?> kubeconfig = new("--kubeconfig")
    {
        Description = "where the contexts stand, instead of KUBECONFIG or ~/.kube/config",
        HelpName = "PATH",
    };
    private readonly Option<string[]> contexts = new("--context")
    {
        Description = "a cluster by its context, instead of the current one (repeatable: one report of several clusters)",
        HelpName = "NAME",
    };

    public ClustersOptions() =>
        inCluster.Validators.Add(given =>
        {
            if (given.GetValue(inCluster) && (given.GetResult(kubeconfig) is not null || given.GetResult(contexts) is not null))
                given.AddError("--in-cluster goes without --kubeconfig and --context");
        });

    public void AddTo(Command command)
    {
        command.Add(inCluster);
        command.Add(kubeconfig);
        command.Add(contexts);
    }

    /// <summary>Each with the name that reports call it by, its context or the server's; the caller disposes them.</summary>
    /// <exception cref="InputException">It cannot be told how to reach one of them.</exception>
    public IReadOnlyList<(string Name, IApiServer Server)> Connect(ParseResult parsed, TimeProvider time)
    {
        if (parsed.GetValue(inCluster))
            return [("in-cluster", ApiServer.InCluster(time))];
        if (parsed.GetValue(contexts) is { Length: > 0 } names)
            return [.. names.Distinct(StringComparer.Ordinal).Select(n => (n, (IApiServer)ApiServer.Of(parsed.GetValue(kubeconfig), n, time)))];
        var current = ApiServer.Of(parsed.GetValue(kubeconfig), null, time);
        return [(current.Server.Authority, current)];
    }
}
