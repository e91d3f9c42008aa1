namespace AdmissionGuard.Manifests.Repairs;

/// <summary>An addition cannot be written, for a reason that its author can read; it never leaves this part.</summary>
internal sealed class UnwritableException(string message) : Exception(message);
