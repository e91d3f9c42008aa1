namespace AdmissionGuard.Manifests.Repairs;

/// <summary>Nothing of a file can be repaired.</summary>
internal sealed class UnrepairedException(int? line, string message) : Exception(message)
{
    public int? Line { get; } = line;
}
