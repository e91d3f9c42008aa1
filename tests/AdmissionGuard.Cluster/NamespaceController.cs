namespace AdmissionGuard.Cluster;

/// <summary>
/// What the controller manager does with a namespace on its way out: none runs here, so that its contents and its finalizer `kubernetes` would stay
/// for ever.
/// </summary>
internal static class NamespaceController
{
    private const string Contents =
        "deployments,pods,services,serviceaccounts,secrets,configmaps,leases,roles,rolebindings,networkpolicies,poddisruptionbudgets";

    /// <summary>Empties the namespace and lets it go, where it is being deleted.</summary>
    public static async Task LetGo(Kubectl kubectl, string ns)
    {
        if ((await kubectl.Run($"get namespace {ns} --ignore-not-found -o jsonpath={{.metadata.deletionTimestamp}}")).Passed().Out.Length == 0)
            return;
        (await kubectl.Run($"delete {Contents} --all -n {ns}")).Passed();
        (
            await kubectl.Run(
                ["replace", "--raw", $"/api/v1/namespaces/{ns}/finalize", "-f", "-"],
                $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{ns}}}"},"spec":{"finalizers":[]} }"""
            )
        ).Passed();
        await Waiting.Until(
            async () => (await kubectl.Run($"get namespace {ns} --ignore-not-found -o name")).Passed().Out.Length == 0,
            () => $"namespace {ns} stays"
        );
    }
}
