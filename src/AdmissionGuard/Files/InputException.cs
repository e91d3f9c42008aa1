namespace AdmissionGuard.Files;

/// <summary>Something that the user gave could not be used: one line, exit status 2, no stack.</summary>
internal sealed class InputException(string message) : Exception(message);
