"""What lesson 00 asks for in words: its predictions, and the questions graded by hand."""

from lessonlib.exercises.judge import WrittenQuestion
from lessonlib.exercises.prediction import Prediction

PREDICTIONS = [
    Prediction(
        id="00.a",
        question=(
            "The five sentences go through the 1,007 training images. Of all the images that they "
            "call a 7, which share are 7s?"
        ),
        choices=("About half", "About three quarters", "Nearly all"),
        right=0,
        why=(
            "All that they call a 7 has a bar, a stroke and three empty zones, because "
            "that is what the code tests. But so have many 1s, 3s and 8s, and nobody thought of "
            "them."
        ),
    ),
    Prediction(
        id="00.b",
        question=(
            "A program keeps nothing but ten averages, one image for each digit. Of 250 images "
            "that it has never seen, it reads ..."
        ),
        choices=("about half", "about seven in ten", "about nine in ten"),
        right=2,
        why=(
            "For so many images the average of their own digit is nearer than each of the nine "
            "others."
        ),
    ),
    Prediction(
        id="00.c",
        question=(
            "Now the program learns from only 50 images, drawn at random, and we repeat that 20 "
            "times, with another 50 each time. The best and the worst of the 20 accuracies differ "
            "by about ..."
        ),
        choices=("0.03", "0.07", "0.13"),
        right=2,
        why=(
            "Which images it has learned from makes so much difference that a single "
            "run says little. With all 1,007 images there is nothing to draw here."
        ),
    ),
    Prediction(
        id="00.d",
        question=(
            "Your reader reads 0.91 of the validation images. All of them are moved by two pixels: "
            "to the right, the left, down, up. Averaged over the four directions it now reads "
            "about ..."
        ),
        choices=("0.9", "0.5", "0.1, as many as by guessing"),
        right=2,
        why=(
            "It compares pixels at fixed places, and the ink has left those places. Nothing in it "
            "knows that a 7 that has moved is still a 7."
        ),
    ),
]

QUESTIONS: list[WrittenQuestion] = []
