using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Terms;

/// <summary>Which object; the namespace is empty for what has none.</summary>
public readonly record struct ObjectKey(ObjectKind Kind, string Namespace, string Name)
{
    /// <summary>
    /// What it is called in a text about an object of a namespace: <c>VirtualService api</c>, of another namespace <c>VirtualService shop/api</c>.
    /// </summary>
    public string TitleIn(string @namespace) =>
        $"{Kind} {(Namespace.Length == 0 || Namespace == @namespace ? "" : Shown.Clip(Namespace, 63) + "/")}{Shown.Clip(Name, 100)}";

    /// <summary>By namespace, then name; the kind last.</summary>
    public static Comparer<ObjectKey> ByName { get; } =
        Comparer<ObjectKey>.Create(
            (a, b) =>
            {
                var order = string.CompareOrdinal(a.Namespace, b.Namespace);
                if (order == 0)
                    order = string.CompareOrdinal(a.Name, b.Name);
                if (order == 0)
                    order = string.CompareOrdinal(a.Kind.Name, b.Kind.Name);
                return order == 0 ? string.CompareOrdinal(a.Kind.Group, b.Kind.Group) : order;
            }
        );
}
