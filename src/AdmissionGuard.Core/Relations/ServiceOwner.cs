using AdmissionGuard.Core.Json;
using AdmissionGuard.Core.Rollouts;
using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.Relations;

/// <summary>
/// A Rollout that writes its pods' hash into the selector of a Service, by what its status says of them (docs/facts/argo-rollouts.md#service-hash).
/// </summary>
internal sealed class ServiceOwner(ObjectKey key, Node rollout, ObjectKey service)
{
    private readonly Node status = rollout["status"u8];
    private readonly Node strategy = rollout["spec"u8]["strategy"u8];

    public string Title => key.TitleIn(service.Namespace);

    /// <summary>Two versions serve.</summary>
    public bool IsOnItsWay => new RolloutStatus(status).IsProgressing;

    /// <summary>The hash of one of its versions.</summary>
    public bool Knows(string hash) => hash.Length > 0 && (status["stableRS"u8].Text == hash || status["currentPodHash"u8].Text == hash);

    /// <summary>
    /// Whether a hash takes nobody to a version on trial: the stable one's does not, wherever it is written; that of the version on trial belongs in
    /// the Service of that version, and in the active one once Argo has switched. A Rollout whose versions nobody knows may have any.
    /// </summary>
    public bool Writes(string hash)
    {
        var stable = status["stableRS"u8].Text;
        if (string.IsNullOrEmpty(stable) || stable == hash)
            return true;
        if (strategy["blueGreen"u8]["activeService"u8].Text == service.Name)
            return status["blueGreen"u8]["activeSelector"u8].Text == hash;
        return new RolloutSides(rollout, key.Namespace).StableService != service.Name && Knows(hash);
    }

    /// <summary>A label that its pods have, as far as anybody knows: those of a Deployment that it refers to are unknown.</summary>
    public bool MayHave(string label, Node value)
    {
        var template = rollout["spec"u8]["template"u8]["metadata"u8]["labels"u8];
        return !template.IsObject
            || template[label].SameAs(value)
            || Gives("canary", "canaryMetadata", label)
            || Gives("canary", "stableMetadata", label)
            || Gives("blueGreen", "activeMetadata", label)
            || Gives("blueGreen", "previewMetadata", label);
    }

    /// <summary>Labels that a version's pods have for as long as it has its role.</summary>
    private bool Gives(string kind, string role, string label) => strategy[kind][role]["labels"u8][label].Exists;
}
