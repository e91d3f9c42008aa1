using System.CommandLine;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Commands.Options;

/// <summary><c>--in-cluster</c>, <c>--kubeconfig</c> and <c>--context</c>: which cluster a verb is about, if any.</summary>
internal sealed class ClusterOptions
{
    private readonly Option<bool> inCluster = new("--in-cluster") { Description = "the cluster that this pod runs in, by its own account" };
    private readonly Option<string?> kubeconfig = new("--kubeconfig") { Description = "the cluster of this kubeconfig", HelpName = "PATH" };
    private readonly Option<string?> context = new("--context")
    {
        Description = "context of the kubeconfig, instead of its current one",
        HelpName = "NAME",
    };

    public ClusterOptions() =>
        inCluster.Validators.Add(given =>
        {
            if (given.GetValue(inCluster) && (given.GetResult(kubeconfig) is not null || given.GetResult(context) is not null))
                given.AddError("--in-cluster goes without --kubeconfig and --context");
        });

    public void AddTo(Command command)
    {
        command.Add(inCluster);
        command.Add(kubeconfig);
        command.Add(context);
    }

    /// <summary>It is a pod of the cluster.</summary>
    public bool IsInCluster(ParseResult parsed) => parsed.GetValue(inCluster);

    /// <summary>Null where no cluster is asked for; the caller disposes it.</summary>
    /// <exception cref="InputException">It cannot be told how to reach it.</exception>
    public IApiServer? Connect(ParseResult parsed, TimeProvider time)
    {
        if (parsed.GetValue(inCluster))
            return ApiServer.InCluster(time);
        var path = parsed.GetValue(kubeconfig);
        var name = parsed.GetValue(context);
        return path is null && name is null ? null : ApiServer.Of(path, name, time);
    }
}
