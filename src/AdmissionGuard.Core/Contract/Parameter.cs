using System.Globalization;
using AdmissionGuard.Core.Json;

namespace AdmissionGuard.Core.Contract;

/// <summary>
/// A number, duration, switch or list that a policy may set for a rule. Reading, bounds, schema and documentation all come from here.
/// </summary>
public abstract class Parameter(string name, string description)
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>integer, boolean, duration or list, as shown to users.</summary>
    public abstract string Type { get; }

    /// <summary>The value where no policy says otherwise, and in the profile baseline.</summary>
    public abstract object Default { get; }

    /// <summary>The value in the profile strict.</summary>
    public abstract object StrictDefault { get; }

    public virtual string? Minimum => null;

    public virtual string? Maximum => null;

    /// <summary>Reads a value of a policy. Returns null and says why not: «is 120, from 1 to 100 is allowed».</summary>
    public abstract object? Read(Node value, out string? error);

    /// <summary>The value as one writes it in a policy.</summary>
    public abstract string Write(object value);

    public object In(Profile profile) => profile == Profile.Strict ? StrictDefault : Default;
}

public abstract class Parameter<T>(string name, T @default, string description) : Parameter(name, description)
    where T : notnull
{
    public override object Default { get; } = @default;

    /// <summary>The default of the profile strict, where it is another one.</summary>
    public T Strict { get; init; } = @default;

    public override object StrictDefault => Strict;
}

/// <summary>A whole number within bounds.</summary>
public sealed class IntegerParameter(string name, int @default, int min, int max, string description) : Parameter<int>(name, @default, description)
{
    public override string Type => "integer";

    public override string Minimum => Write(min);

    public override string Maximum => Write(max);

    public override object? Read(Node value, out string? error)
    {
        error = null;
        if (new Reader().Integer(value) is not { } number)
            error = $"is {Shown.Value(value)}, a whole number is expected";
        else if (number < min || number > max)
            error = string.Create(CultureInfo.InvariantCulture, $"is {number}, {min} to {max} is allowed");
        else
            return (int)number;
        return null;
    }

    public override string Write(object value) => ((int)value).ToString(CultureInfo.InvariantCulture);
}

/// <summary>A duration in Go's syntax, within bounds.</summary>
public sealed class DurationParameter(string name, TimeSpan @default, TimeSpan min, TimeSpan max, string description)
    : Parameter<TimeSpan>(name, @default, description)
{
    public override string Type => "duration";

    public override string Minimum => Write(min);

    public override string Maximum => Write(max);

    public override object? Read(Node value, out string? error)
    {
        error = null;
        if (new Reader().Duration(value) is not { } duration)
            error = $"is {Shown.Value(value)}, a duration such as 30s or 10m is expected";
        else if (duration < min || duration > max)
            error = $"is {Durations.Write(duration)}, {Write(min)} to {Write(max)} is allowed";
        else
            return duration;
        return null;
    }

    public override string Write(object value) => Durations.Write((TimeSpan)value);
}

/// <summary>A switch.</summary>
public sealed class BooleanParameter(string name, bool @default, string description) : Parameter<bool>(name, @default, description)
{
    public override string Type => "boolean";

    public override object? Read(Node value, out string? error)
    {
        error = null;
        if (new Reader().Boolean(value) is { } flag)
            return flag;
        error = $"is {Shown.Value(value)}, true or false is expected";
        return null;
    }

    public override string Write(object value) => (bool)value ? "true" : "false";
}

/// <summary>One text, such as a list of Envoy's retry conditions.</summary>
public sealed class TextParameter(string name, string @default, string description) : Parameter<string>(name, @default, description)
{
    public override string Type => "string";

    public override object? Read(Node value, out string? error)
    {
        error = null;
        if (value.Text is { Length: > 0 } text)
            return text;
        error = $"is {Shown.Value(value)}, a text is expected";
        return null;
    }

    public override string Write(object value) => Shown.Quote((string)value);
}

/// <summary>Names, with <c>*</c> for any run of characters.</summary>
public sealed class NamesParameter(string name, string description, params IReadOnlyList<string> @default)
    : Parameter<IReadOnlyList<string>>(name, @default, description)
{
    public override string Type => "list";

    public override object? Read(Node value, out string? error)
    {
        error = null;
        if (!value.IsArray)
            error = $"is {Shown.Value(value)}, a list of names is expected";
        else if (value.Items.Any(i => i.Text is not { Length: > 0 }))
            error = "has an item that is no name";
        else
            return (IReadOnlyList<string>)[.. value.Items.Select(i => i.Text!)];
        return null;
    }

    public override string Write(object value) => $"[{string.Join(", ", ((IReadOnlyList<string>)value).Select(Shown.Quote))}]";
}
