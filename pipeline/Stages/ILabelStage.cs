using Streamline.Storage;

namespace Streamline.Pipeline.Stages;

/// <summary>A stage that looks at labels only (relabel, limit admission): it runs once per new series, never per sample. Thread safe.</summary>
internal interface ILabelStage
{
    /// <summary>Changes the labels in place, or says why the series is not stored.</summary>
    DropReason Apply(LabelsBuilder labels);
}
