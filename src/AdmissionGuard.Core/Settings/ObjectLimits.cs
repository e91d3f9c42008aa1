namespace AdmissionGuard.Core.Settings;

/// <summary>How large an object may be that is judged: one within is judged in time whatever is in it, one beyond is denied.</summary>
/// <param name="Steps">Of a Rollout or a Canary.</param>
/// <param name="Routes">Of a VirtualService or an HTTPRoute.</param>
/// <param name="ListItems">Of all lists in it, of maps with many keys, and of long texts (each 256 bytes of one above 4 KiB), together.</param>
/// <param name="Depth">Of lists and maps in each other.</param>
public sealed record ObjectLimits(int Steps, int Routes, int ListItems, int Depth)
{
    public static ObjectLimits Default { get; } = new(Steps: 1_000, Routes: 2_000, ListItems: 10_000, Depth: 64);

    /// <summary>The most that settings may say, of each; beyond it an API server stores nothing.</summary>
    public static ObjectLimits Most { get; } = new(Steps: 1_000_000, Routes: 1_000_000, ListItems: 1_000_000, Depth: 120);
}
