using AdmissionGuard.Core.Terms;

namespace AdmissionGuard.Core.World;

/// <summary>
/// A question that a rule asked of the world: for one object or namespace, or, where <paramref name="By"/> is set, for those of a kind that mention
/// something.
/// </summary>
internal readonly record struct LookUp(Mention Of, ObjectKind? By)
{
    public static LookUp Object(ObjectKey key) => new(Mention.Of(key), By: null);

    public static LookUp Namespace(string name) => new(new Mention(Mentioned.Object, Kind: null, "", name), By: null);
}
