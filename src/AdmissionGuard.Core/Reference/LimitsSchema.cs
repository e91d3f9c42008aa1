using AdmissionGuard.Core.Settings;

namespace AdmissionGuard.Core.Reference;

/// <summary><c>spec.limits</c> of GuardSettings.</summary>
internal static class LimitsSchema
{
    public static YamlMap Of(ObjectLimits usual, ObjectLimits most) =>
        Schema.Map(
            "How large an object may be that is judged. One beyond is denied, unless the stored one is beyond at least as much.",
            new YamlMap
            {
                { "steps", Schema.Integer($"Steps of a Rollout or Canary. Default {usual.Steps}.", 1, most.Steps) },
                { "routes", Schema.Integer($"Routes of a VirtualService or HTTPRoute. Default {usual.Routes}.", 1, most.Routes) },
                {
                    "listItems",
                    Schema.Integer($"Items of all lists and of maps with many keys, together. Default {usual.ListItems}.", 1, most.ListItems)
                },
                { "depth", Schema.Integer($"Levels of lists and maps in each other. Default {usual.Depth}.", 1, most.Depth) },
            }
        );
}
