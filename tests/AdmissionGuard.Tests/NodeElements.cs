using System.Text.Json;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Tests;

/// <summary>A node as the base library reads it, which tests compare with.</summary>
internal static class NodeElements
{
    public static JsonElement Element(this Node node)
    {
        using var document = JsonDocument.Parse(node.ToString());
        return document.RootElement.Clone();
    }
}
