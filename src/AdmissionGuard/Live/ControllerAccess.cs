using System.Collections.Concurrent;
using AdmissionGuard.Core.Settings;
using AdmissionGuard.Core.Terms;
using AdmissionGuard.Kubernetes;

namespace AdmissionGuard.Live;

/// <summary>
/// Tells a delivery controller that the settings do not name by what its account may do in all namespaces (docs/facts/argo-rollouts.md#account,
/// docs/facts/flagger.md#account): to write finalizers of its own kind and what makes pods, but not everything. An editor's roles have the
/// <c>status</c> of a Rollout, never its finalizers. A namespaced installation must be named.
/// </summary>
internal sealed class ControllerAccess(IApiServer api, TimeProvider time, TextWriter log)
{
    /// <summary>How long an answer holds.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(10);

    /// <summary>After it nobody is a controller; the API server gives a webhook seconds.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>More accounts than write delivery objects anywhere; then all are asked again.</summary>
    private const int MostAccounts = 2000;

    private const string ServiceAccounts = "system:serviceaccount:";

    private static readonly (string Program, Resource Finalizers, Resource Workloads)[] Programs =
    [
        ("Argo Rollouts", new Resource(ApiGroups.Argo, "v1alpha1", "rollouts"), new Resource("apps", "v1", "replicasets")),
        ("Flagger", new Resource(ApiGroups.Flagger, "v1beta1", "canaries"), new Resource("apps", "v1", "deployments")),
    ];

    private static readonly Resource Everything = new("*", "*", "*");

    private readonly ConcurrentDictionary<string, (Task<string?> Program, DateTimeOffset Until)> known = new(StringComparer.Ordinal);

    private int failed;

    /// <summary>With the program as which the account is recognised; as it is where it is none, or nobody answers in time.</summary>
    public async ValueTask<Actor> Recognise(Actor actor, GuardSettings settings, CancellationToken stop)
    {
        if (!actor.User.StartsWith(ServiceAccounts, StringComparison.Ordinal) || settings.KindOf(actor) != ActorKind.Human)
            return actor;
        try
        {
            var program = await Known(actor).WaitAsync(Patience, time, stop);
            return program is null ? actor : actor with { ActsAs = program };
        }
        catch (TimeoutException)
        {
            return actor;
        }
        catch (ApiException e)
        {
            // asked again by the next request: what could not be answered is no answer
            known.TryRemove(actor.User, out _);
            if (Interlocked.Exchange(ref failed, 1) == 0)
                log.WriteLine(
                    $"accounts that GuardSettings does not name are not taken for controllers: their access could not be asked ({e.Message})"
                );
            return actor;
        }
    }

    private Task<string?> Known(Actor actor)
    {
        var now = time.GetUtcNow();
        if (known.TryGetValue(actor.User, out var answer) && answer.Until > now)
            return answer.Program;
        if (known.Count >= MostAccounts)
            known.Clear();
        var asked = Ask(actor);
        known[actor.User] = (asked, now + Lasts);
        return asked;
    }

    private async Task<string?> Ask(Actor actor)
    {
        // whoever may do everything is an administrator's tool, and no controller
        var all = api.Allows(actor, "*", Everything, null, CancellationToken.None);
        var programs = Programs
            .Select(p =>
                (
                    p.Program,
                    Finalizers: api.Allows(actor, "update", p.Finalizers, "finalizers", CancellationToken.None),
                    Workloads: api.Allows(actor, "update", p.Workloads, null, CancellationToken.None)
                )
            )
            .ToList();
        await Task.WhenAll([all, .. programs.Select(p => p.Finalizers), .. programs.Select(p => p.Workloads)]);
        if (await all)
            return null;
        foreach (var (program, finalizers, workloads) in programs)
        {
            if (await finalizers && await workloads)
            {
                log.WriteLine($"{actor.User} is taken for the controller of {program}: add it to spec.controllers of GuardSettings cluster");
                return program;
            }
        }
        return null;
    }
}
